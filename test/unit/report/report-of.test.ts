import { describe, expect, it } from 'vitest';
import type { EventBody } from '../../../shared/domain/events.ts';
import type { Proofs } from '../../../shared/domain/proof.ts';
import { reportOf } from '../../../shared/domain/report/report-of.ts';
import type { StepName } from '../../../shared/domain/steps.ts';
import { BROKEN, WrittenJournal } from '../../helpers/journal.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const PLAN = tinyPlan({
  stages: { dev: { a: [{ nodes: ['n1', 'n2'], concurrency: 2 }, { nodes: ['n3'] }] } },
  kubernetes: true,
});

/** Events come 1 s apart: so does everything reckoned from them. */
const S = 1000;

function done<S extends StepName>(node: string, step: S, proof: Partial<Proofs[S]>, round = 1): EventBody {
  return { type: 'step-done', cluster: 'a', node, round, step, proof, note: '' };
}

function journal(): WrittenJournal {
  return new WrittenJournal().begun();
}

function nodeOf(written: WrittenJournal, name: string) {
  const node = reportOf(PLAN, 'r-1', written.events).nodes.find(each => each.node === name);
  if (!node) throw new Error(`no node ${name}`);
  return node;
}

const DRAINED = {
  cordonedByUs: true,
  drained: true,
  kernel: '6.1.0-1',
  os: { id: 'debian', versionId: '12' },
  evicted: ['shop/a', 'shop/b'],
  deleted: ['shop/b'],
};

function upgraded(before: string, after: string): Partial<Proofs['upgrade']> {
  return { changes: [{ name: 'linux', before, after }], runningKernel: '6.1.0-1' };
}

describe('what was done to a node', () => {
  const whole = (): WrittenJournal =>
    journal()
      .claim('n1', 's')
      .begin('n1', 'drain')
      .add(done('n1', 'drain', DRAINED))
      .begin('n1', 'upgrade')
      .add(done('n1', 'upgrade', upgraded('1', '2')))
      .begin('n1', 'reboot')
      .add(done('n1', 'reboot', { rebooted: true, byOthers: false, downtimeMs: 700, kernel: '6.1.0-2' }))
      .begin('n1', 'verify')
      .add(done('n1', 'verify', { kernel: '6.1.0-2', os: { id: 'debian', versionId: '12.1' } }))
      .begin('n1', 'uncordon')
      .add(done('n1', 'uncordon', { uncordoned: true }))
      .done('n1');

  it('is what its steps proved', () => {
    expect(nodeOf(whole(), 'n1')).toMatchObject({
      state: 'done',
      rounds: 1,
      wave: 0,
      changes: [{ name: 'linux', before: '1', after: '2' }],
      kernelBefore: '6.1.0-1',
      kernelAfter: '6.1.0-2',
      osBefore: { versionId: '12' },
      osAfter: { versionId: '12.1' },
      reboots: 1,
      rebootsByOthers: 0,
      downtimeMs: 700,
      // From the beginning of drain to the end of uncordon, ten events.
      cordonedMs: 9 * S,
      evicted: ['shop/a', 'shop/b'],
      deleted: ['shop/b'],
      steps: { drain: S, upgrade: S, reboot: S, verify: S, uncordon: S },
      reason: '',
    });
  });

  it('is added up over its rounds', () => {
    const again = whole()
      .add({ type: 'node-redo-asked', cluster: 'a', node: 'n1', by: 'ann', why: 'not sure' })
      .claim('n1', 's', { round: 2 })
      .begin('n1', 'drain', 2)
      .add(done('n1', 'drain', { ...DRAINED, kernel: '6.1.0-2', evicted: ['shop/c'], deleted: [] }, 2))
      .begin('n1', 'upgrade', 2)
      .add(done('n1', 'upgrade', { ...upgraded('2', '3'), runningKernel: '6.1.0-2' }, 2))
      .begin('n1', 'reboot', 2)
      .add(done('n1', 'reboot', { rebooted: true, byOthers: false, downtimeMs: 300, kernel: '6.1.0-3' }, 2))
      .begin('n1', 'uncordon', 2)
      .add(done('n1', 'uncordon', { uncordoned: true }, 2))
      .add({ type: 'node-done', cluster: 'a', node: 'n1', round: 2 });
    expect(nodeOf(again, 'n1')).toMatchObject({
      rounds: 2,
      changes: [{ name: 'linux', before: '1', after: '3' }],
      kernelBefore: '6.1.0-1',
      kernelAfter: '6.1.0-3',
      reboots: 2,
      downtimeMs: 1000,
      cordonedMs: 9 * S + 7 * S,
      evicted: ['shop/a', 'shop/b', 'shop/c'],
      steps: { drain: 2 * S, upgrade: 2 * S, reboot: 2 * S, verify: S, uncordon: 2 * S },
    });
  });

  it('does not name a package that is as it was in the end', () => {
    const back = journal()
      .claim('n1', 's')
      .begin('n1', 'upgrade')
      .add(done('n1', 'upgrade', upgraded('1', '2')))
      .claim('n1', 's', { round: 2 })
      .begin('n1', 'upgrade', 2)
      .add(done('n1', 'upgrade', upgraded('2', '1'), 2));
    expect(nodeOf(back, 'n1').changes).toEqual([]);
  });

  it('counts pods and cordon of a node that the reboot step drained', () => {
    const late = journal()
      .claim('n1', 's')
      .begin('n1', 'drain')
      .add(done('n1', 'drain', { cordonedByUs: false, drained: false, evicted: [] }))
      .begin('n1', 'reboot')
      .add(done('n1', 'reboot', { rebooted: true, byOthers: false, downtimeMs: 5, evicted: ['shop/x'] }))
      .begin('n1', 'uncordon')
      .add(done('n1', 'uncordon', { uncordoned: true }));
    expect(nodeOf(late, 'n1')).toMatchObject({ evicted: ['shop/x'], cordonedMs: 3 * S });
  });

  it('keeps a reboot by somebody else apart, and does not know how long a cordon lasts that stays', () => {
    const others = journal()
      .claim('n1', 's')
      .begin('n1', 'drain')
      .add(done('n1', 'drain', DRAINED))
      .begin('n1', 'reboot')
      .add(done('n1', 'reboot', { rebooted: true, byOthers: true, downtimeMs: null }))
      .fail('n1', 'verify');
    expect(nodeOf(others, 'n1')).toMatchObject({
      ...{ reboots: 0, rebootsByOthers: 1, downtimeMs: null, cordonedMs: null },
      ...{ state: 'failed', reason: BROKEN.message, endedAtMs: null },
    });
  });

  it('counts as cordoned also what it waited for a person, and nothing after it was given back', () => {
    const by = { cluster: 'a', node: 'n1', by: 'ann', why: '' };
    const left = { well: true, state: 'in service', todo: '' };
    const failed = journal()
      .claim('n1', 's')
      .begin('n1', 'drain')
      .fail('n1', 'drain')
      .add({ type: 'cluster-done', cluster: 'other' }, { type: 'node-retried', ...by })
      .begin('n1', 'drain', 1, 2)
      .add(done('n1', 'drain', DRAINED));
    const again = new WrittenJournal().add(...failed.events);
    again.begin('n1', 'uncordon').add(done('n1', 'uncordon', { uncordoned: true }));
    expect(nodeOf(again, 'n1')).toMatchObject({ cordonedMs: 7 * S, steps: { drain: 2 * S } });
    failed.add({ type: 'node-skip-asked', ...by });
    failed.add({ type: 'step-skipped', cluster: 'a', node: 'n1', round: 1, step: 'upgrade', reason: 'skip', left });
    failed.add({ type: 'node-skipped', cluster: 'a', node: 'n1', reason: 'skip' });
    expect(nodeOf(failed, 'n1').cordonedMs).toBe(7 * S);
    failed
      .add({ type: 'node-redo-asked', ...by })
      .claim('n1', 's', { round: 2 })
      .begin('n1', 'drain', 2);
    failed.add(done('n1', 'drain', DRAINED, 2)).begin('n1', 'uncordon', 2);
    failed.add(done('n1', 'uncordon', { uncordoned: true }, 2));
    expect(nodeOf(failed, 'n1').cordonedMs).toBe(7 * S + 3 * S);
  });

  it('does not count as cordoned what it was in service after a failed step gave it back', () => {
    const by = { cluster: 'a', node: 'n1', by: 'ann', why: '' };
    const failure = { ...BROKEN, leftAs: 'uncordoned again: schedulable; nothing on the host was changed' };
    const fails = (step: StepName): EventBody[] => [
      { type: 'step-failed', cluster: 'a', node: 'n1', round: 1, step, attempt: 1, failure },
      { type: 'cluster-done', cluster: 'other' },
      { type: 'node-retried', ...by },
    ];
    const written = journal().claim('n1', 's').begin('n1', 'drain');
    written
      .add(...fails('drain'))
      .begin('n1', 'drain')
      .add(done('n1', 'drain', DRAINED));
    // From the second drain to the failure, then anew by the upgrade, which finds no pods.
    written
      .begin('n1', 'upgrade', 1)
      .add(...fails('upgrade'))
      .begin('n1', 'upgrade', 1, 2);
    written
      .add(done('n1', 'upgrade', {}))
      .begin('n1', 'uncordon')
      .add(done('n1', 'uncordon', { uncordoned: true }));
    expect(nodeOf(written, 'n1').cordonedMs).toBe(3 * S + 3 * S);
  });

  it('does not count what a step waited before it was let begin', () => {
    const held = journal()
      .claim('n1', 's')
      .begin('n1', 'upgrade')
      .add({ type: 'step-waiting', cluster: 'a', node: 'n1', round: 1, step: 'upgrade', reason: 'budget', held: true })
      .add({ type: 'cluster-done', cluster: 'other' })
      .begin('n1', 'upgrade')
      .fail('n1', 'upgrade')
      .begin('n1', 'upgrade')
      .add(done('n1', 'upgrade', {}));
    expect(nodeOf(held, 'n1').steps).toEqual({ upgrade: 2 * S });
  });

  it('is nothing for one that was never taken', () => {
    const { rounds, claimedAtMs, changes, kernelBefore, kernelAfter, cordonedMs, steps } = nodeOf(journal(), 'n3');
    expect({ rounds, claimedAtMs, changes, kernelBefore, kernelAfter, cordonedMs, steps }).toEqual({
      ...{ rounds: 0, claimedAtMs: null, changes: [], kernelBefore: null, kernelAfter: null },
      ...{ cordonedMs: null, steps: {} },
    });
  });
});

describe('deviations', () => {
  const by = { by: 'ann', why: 'because' };
  const node = { cluster: 'a', node: 'n1' };
  const cases: readonly (readonly [EventBody, { kind: string; place: string; by?: string; why?: string }])[] = [
    [
      { type: 'rollout-paused', ...by },
      { kind: 'pause', place: '', ...by },
    ],
    [
      { type: 'rollout-resumed', ...by },
      { kind: 'resume', place: '', ...by },
    ],
    [
      { type: 'rollout-stopping', ...by },
      { kind: 'stop', place: '', ...by },
    ],
    [
      { type: 'rollout-aborting', ...by },
      { kind: 'abort', place: '', ...by },
    ],
    [
      { type: 'concurrency-changed', cluster: 'a', wave: 0, concurrency: 3, ...by },
      { kind: 'concurrency', place: 'wave a/1', ...by },
    ],
    [
      { type: 'failure-budget-changed', place: { of: 'rollout' }, budget: 2, ...by },
      { kind: 'budget', place: '', ...by },
    ],
    [
      { type: 'approved', place: { of: 'stage', stage: 'dev' }, expiresAtMs: null, ...by },
      { kind: 'approval', place: 'stage dev', ...by },
    ],
    [
      { type: 'approval-revoked', place: { of: 'canary', cluster: 'a', wave: 1 }, ...by },
      { kind: 'approval', place: 'canary a/2', ...by },
    ],
    [
      { type: 'approval-expired', place: { of: 'cluster', cluster: 'a' } },
      { kind: 'approval', place: 'cluster a' },
    ],
    [
      { type: 'node-retried', ...node, ...by },
      { kind: 'retry', place: 'a/n1', ...by },
    ],
    [
      { type: 'node-skip-asked', ...node, ...by },
      { kind: 'skip', place: 'a/n1', ...by },
    ],
    [
      { type: 'node-redo-asked', ...node, ...by },
      { kind: 'redo', place: 'a/n1', ...by },
    ],
    [
      { type: 'node-repaired', ...node, ...by },
      { kind: 'repaired', place: 'a/n1', ...by },
    ],
    [
      { type: 'node-skipped', ...node, reason: 'cordoned by others' },
      { kind: 'skip', place: 'a/n1' },
    ],
    [
      { type: 'node-excluded', ...node, reason: 'the Node is gone' },
      { kind: 'exclude', place: 'a/n1' },
    ],
    [
      { type: 'node-excluded', ...node, reason: 'excluded by ann: because' },
      { kind: 'exclude', place: 'a/n1', ...by },
    ],
    [
      { type: 'node-excluded', ...node, reason: 'excluded by system:serviceaccount:ops: night: not now' },
      { kind: 'exclude', place: 'a/n1', by: 'system:serviceaccount:ops', why: 'night: not now' },
    ],
    [
      { type: 'node-held', ...node, reason: 'its roles changed' },
      { kind: 'held', place: 'a/n1' },
    ],
    [
      { type: 'step-failed', ...node, round: 1, step: 'drain', attempt: 1, failure: BROKEN },
      { kind: 'failure', place: 'a/n1' },
    ],
    [
      { type: 'attempt-failed', ...node, round: 1, step: 'drain', attempt: 1, failure: BROKEN, retryInMs: 5 },
      { kind: 'failure', place: 'a/n1' },
    ],
    [
      { type: 'hook-failed', cluster: 'a', wave: 1, hook: 'lb', when: 'before', of: 'wave', reason: 'exit 1' },
      { kind: 'hook', place: 'wave a/2' },
    ],
    [
      { type: 'mended', what: 'a job was missing' },
      { kind: 'mended', place: '' },
    ],
    [
      { type: 'drain-escalated', ...node, round: 1, step: 'drain', act: 'deleting', pods: [] },
      { kind: 'warning', place: 'a/n1' },
    ],
    [
      { type: 'node-claimed', ...node, wave: 0, slot: 's', round: 1, adopted: true },
      { kind: 'mended', place: 'a/n1' },
    ],
    [done('n1', 'reboot', { rebooted: true, byOthers: true }), { kind: 'warning', place: 'a/n1' }],
  ];

  it.each(cases)('%j', (event, expected) => {
    const { events } = new WrittenJournal().add(event);
    const [found, ...more] = reportOf(PLAN, 'r-1', events).deviations;
    expect(found).toMatchObject({ by: '', why: '', ...expected, atMs: S, text: expect.stringMatching(/\S/) });
    expect(more).toEqual([]);
  });

  it('tells of a skip once, with who asked for it', () => {
    const written = journal().add(
      { type: 'node-skip-asked', ...node, ...by },
      { type: 'node-skipped', ...node, reason: 'skipped by ann: because' },
    );
    expect(reportOf(PLAN, 'r-1', written.events).deviations).toMatchObject([{ kind: 'skip', by: 'ann' }]);
  });

  it('are none where all went as planned', () => {
    expect(reportOf(PLAN, 'r-1', journal().whole('n1', 's').events).deviations).toEqual([]);
  });
});

it('holds the waves against what was reckoned when it was made', () => {
  const estimate = { totalMs: 9000, endsAtMs: null, known: 2, guessed: 1, waves: { 'a/0': 6000, 'a/1': 3000 } };
  const written = new WrittenJournal().add(
    { type: 'rollout-created', by: 'ann', installation: 'i', estimate },
    { type: 'rollout-started' },
    { type: 'wave-started', cluster: 'a', wave: 0 },
    { type: 'node-excluded', cluster: 'a', node: 'n2', reason: 'gone' },
    { type: 'wave-done', cluster: 'a', wave: 0 },
  );
  const { by, waves, createdAtMs, startedAtMs, endedAtMs, ...report } = reportOf(PLAN, 'r-1', written.events);
  expect({ by, createdAtMs, startedAtMs, endedAtMs, estimate: report.estimate }).toEqual({
    ...{ by: 'ann', createdAtMs: S, startedAtMs: 2 * S, endedAtMs: null, estimate },
  });
  expect(waves).toMatchObject([
    {
      stage: 'dev',
      cluster: 'a',
      index: 0,
      nodes: 2,
      concurrency: 2,
      startedAtMs: 3 * S,
      endedAtMs: 5 * S,
      estimatedMs: 6000,
    },
    { index: 1, nodes: 1, startedAtMs: null, endedAtMs: null, estimatedMs: 3000, counts: { pending: 1 } },
  ]);
  expect(waves[0]?.counts).toMatchObject({ pending: 1, excluded: 1 });
});
