import { describe, expect, it } from 'vitest';
import type { GateSettings } from '../../../../shared/domain/gate/settings.ts';
import type { RolloutStatus } from '../../../../shared/domain/status.ts';
import { waitingOf } from '../../../../shared/domain/view/waiting/of.ts';
import { tinyPlan } from '../../../helpers/plan.ts';
import { BEGAN_MS, type MadeWave, nodeStatus, rolloutStatus } from '../../../helpers/rollout-status.ts';

const GATE: GateSettings = {
  ...{ kind: 'kured', name: 'kured', lock: 'hold', namespace: 'default', daemonSet: 'kured' },
  ...{ at: ['claim', 'reboot'], timeoutMs: 10_000, ttlMs: 3_600_000 },
};
const plan = tinyPlan({
  stages: { dev: { a: [{ nodes: ['n1', 'n2'] }] }, prod: { b: [{ nodes: ['m1'] }] } },
  cluster: { gates: [GATE] },
});
const of = { cluster: 'a', node: 'n1' };

function waits(wave: Partial<MadeWave> = {}, more: Partial<RolloutStatus> = {}) {
  return waitingOf(rolloutStatus([{ name: 'a', stage: 'dev', waves: [{ nodes: [], ...wave }] }], more), plan);
}

const failure = {
  code: 'apt-failed',
  message: 'apt ended with 100',
  retryable: true,
  leftAs: 'cordoned',
  todo: 'Mend apt',
};

describe('what waits', () => {
  it('is nothing where all goes its way', () => {
    const nodes = [
      nodeStatus('n1', 'claimed', { step: 'verify', reason: 'soaking', at: { note: 'soaking' } }),
      nodeStatus('n2', 'pending'),
    ];
    const waiting = [{ slot: 's2', sinceMs: 1, reasons: ['1 of 1 nodes of the wave are away'] }];
    expect(waits({ nodes, waiting })).toEqual([]);
  });

  it('is a failed node, with what to do and the acts there are', () => {
    const at = { state: 'failed', failure, attempt: 3, endedAtMs: BEGAN_MS + 5 } as const;
    const nodes = [nodeStatus('n1', 'failed', { step: 'upgrade', reason: 'apt ended with 100', at })];
    expect(waits({ nodes })).toEqual([
      {
        kind: 'failed',
        rollout: 'r-20260301-120000-k3f9',
        fleet: 'shop',
        sinceMs: BEGAN_MS + 5,
        title: 'a/n1 failed in upgrade',
        reasons: ['apt ended with 100', 'tried 3 times', 'left: cordoned'],
        needs: 'Mend apt',
        acts: [
          { kind: 'retry', ...of },
          { kind: 'repaired', ...of },
          { kind: 'redo', ...of },
          { kind: 'skip', ...of },
        ],
        ...of,
        step: 'upgrade',
        failure,
      },
    ]);
  });

  it('is a node that is kept back', () => {
    const [item] = waits({ nodes: [nodeStatus('n1', 'pending', { reason: 'not Ready before anything was done' })] });
    expect(item).toMatchObject({ kind: 'held', sinceMs: BEGAN_MS, reasons: ['not Ready before anything was done'] });
    expect(item?.acts).toEqual([{ kind: 'exclude', ...of }]);
  });

  it.each([
    ['the budget default/web refuses', ['default/web-0: no disruption allowed'], true],
    ['failure budget spent: held before reboot', [], true],
    ['outside the window; opens Mon 2026-11-23 01:00 UTC', [], true],
    ['frozen: the sales; opens Mon 2026-11-23 01:00 UTC', [], true],
    ['kured: the lock is held by n2; opens when it is given back', [], true],
    ["n1: the node's Lease kube-node-lease/x-n1 is held by nobody", [], true],
    ['cluster a is not ours: its Lease is held by nobody', [], true],
    ['others change packages: apt (pid 7)', [], true],
    ['still up under the old boot id: waiting for the host to come back', [], false],
    ['waits for a slot: 1 of 1 nodes of the wave are away', [], false],
  ])('is a step that cannot go on: %s', (reason, account, isBlocked) => {
    const nodes = [nodeStatus('n1', 'claimed', { step: 'drain', reason, at: { account, startedAtMs: 77 } })];
    const items = waits({ nodes });
    expect(items.map(({ kind, sinceMs }) => [kind, sinceMs])).toEqual(isBlocked ? [['blocked-step', 77]] : []);
    if (isBlocked) expect(items[0]?.reasons).toEqual([reason, ...account]);
  });

  it('is a slot or a cluster that cannot go on, once for each different reason', () => {
    const gate = 'alerts: KubeNodeNotReady fires; opens when none fires';
    const waiting = [
      { slot: 's1', sinceMs: 20, reasons: [gate, 'n1: not Ready'] },
      { slot: 's2', sinceMs: 10, reasons: [gate, 'n1: not Ready'] },
      { slot: 's3', sinceMs: 30, reasons: ['recovery after n2: web is short'] },
    ];
    const status = rolloutStatus([
      {
        name: 'a',
        waiting: [{ slot: '', sinceMs: 5, reasons: ['the Lease is held'] }],
        waves: [{ nodes: [], waiting }],
      },
    ]);
    expect(waitingOf(status, plan).map(({ title, sinceMs, reasons }) => [title, sinceMs, reasons])).toEqual([
      ['cluster a cannot go on', 5, ['the Lease is held']],
      ['wave a/1 takes no further node', 10, [gate, 'n1: not Ready']],
    ]);
  });

  it.each([
    ['failure budget spent: n1, n2 failed', { of: 'rollout' }, 2, 1],
    ['failure budget spent in cluster a: n1 failed', { of: 'cluster', cluster: 'a' }, 1, null],
    ['failure budget spent in wave a/1: n1 failed', { of: 'wave', cluster: 'a', wave: 0 }, 1, 0],
    ['soak after wave 1', null, 0, null],
  ])('offers to raise the budget that is spent, and tells what it is: %s', (reason, place, budget, now) => {
    const waiting = [{ slot: 's1', sinceMs: 1, reasons: [reason] }];
    const [item] = waits({ waiting, failureBudget: 0 }, { failureBudget: 1 });
    expect(item).toMatchObject({ kind: 'blocked', budget: now });
    expect(item?.acts).toEqual(place ? [{ kind: 'retry-all' }, { kind: 'failure-budget', place, budget }] : []);
  });

  it('is an approval that is wanted, once, with what is behind it', () => {
    const place = { of: 'stage', stage: 'prod' } as const;
    const wanted = { place, sinceMs: 9, by: '', why: '', expiresAtMs: null };
    const waiting = [
      { slot: 'place stage prod', sinceMs: 9, reasons: ['approval of stage prod: nodetide approve prod'] },
    ];
    const approvals = [{ ...wanted, state: 'wanted' as const }];
    const items = waits({ waiting }, { approvals });
    expect(items).toMatchObject([
      { kind: 'approval', title: 'stage prod waits for approval', reasons: ['1 node behind it'], place },
    ]);
    expect(items[0]?.acts[0]).toEqual({ kind: 'approve', place, expiresAtMs: null });
    expect(waits({}, { approvals: [{ ...wanted, state: 'given' }] })).toEqual([]);
  });

  it('is a pause, by whom and why; and nothing any more once it is being aborted or over', () => {
    const halt = { by: 'ann', why: 'an alert', atMs: 3 };
    const waiting = [
      { slot: 's1', sinceMs: 4, reasons: ['the rollout is paused'] },
      { slot: 'hooks before wave', sinceMs: 5, reasons: ['hook notify: the rollout is paused'] },
    ];
    expect(waits({ waiting }, { state: 'paused', halt })).toMatchObject([
      {
        kind: 'paused',
        sinceMs: 3,
        title: 'paused by ann',
        reasons: ['an alert'],
        acts: [{ kind: 'resume' }, { kind: 'abort' }],
      },
    ]);
    expect(waits({}, { state: 'stopping', halt })).toMatchObject([{ kind: 'paused' }]);
    const nodes = [nodeStatus('n1', 'failed', { step: 'upgrade' })];
    for (const state of ['aborting', 'aborted', 'done'] as const) expect(waits({ nodes }, { state, halt })).toEqual([]);
  });

  it('comes with the oldest first', () => {
    const at = (endedAtMs: number) => ({ state: 'failed', endedAtMs, failure }) as const;
    const nodes = [
      nodeStatus('n1', 'failed', { step: 'drain', at: at(50) }),
      nodeStatus('n2', 'failed', { step: 'drain', at: at(40) }),
    ];
    expect(waits({ nodes }).map(({ sinceMs }) => sinceMs)).toEqual([40, 50]);
  });
});
