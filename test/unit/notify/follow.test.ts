import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventBody, RolloutEvent } from '../../../shared/domain/events.ts';
import { Follow } from '../../../shared/domain/notify/follow.ts';
import type { NotifyPolicy } from '../../../shared/domain/notify/target.ts';
import { BROKEN, WrittenJournal } from '../../helpers/journal.ts';
import { hookTarget, route, toldPlan } from '../../helpers/notify.ts';

const ONE: Partial<NotifyPolicy> = { targets: [hookTarget('ops')], routes: [route(['ops'])] };

function follow(policy: Partial<NotifyPolicy> = ONE, told: readonly string[] = []): Follow {
  return new Follow({ id: 'r-1', plan: toldPlan(policy) }, told);
}

/** `event severity target: title` of what the journal makes, and at its end what is blocked at `nowMs`. */
function told(journal: WrittenJournal, { policy = ONE, nowMs = 0 } = {}): string[] {
  const it = follow(policy);
  const deliveries = journal.events.flatMap(event => it.next(event));
  if (nowMs > 0) deliveries.push(...it.tick(nowMs));
  return deliveries.map(({ target, message: { event, severity, title } }) => {
    return `${event} ${severity} ${target.name}: ${title.replace('[tiny] ', '')}`;
  });
}

const waiting = (reason: string, wave = 0): EventBody => ({
  type: 'waiting',
  cluster: 'a',
  wave,
  slot: 's1',
  reasons: [reason],
});
const drainWaits = (reason: string): EventBody => ({
  type: 'step-waiting',
  cluster: 'a',
  node: 'n1',
  round: 1,
  step: 'drain',
  reason,
  held: false,
});
const begun = () => new WrittenJournal().begun();
const STARTED = 'started info ops: rollout of 3 nodes started';

describe('what events tell', () => {
  it('a start, with all it is about', () => {
    const [only] = begun().events.flatMap(event => follow({ ...ONE, pageUrl: 'https://n.example' }).next(event));
    expect(only).toMatchObject({
      id: 'r-1_2000-0-started_ops',
      lane: 'tiny_ops',
      message: {
        body: '3 nodes in 2 clusters (a, b), in stages dev, prod.',
        link: 'https://n.example/rollouts/r-1',
        fields: { fleet: 'tiny', rollout: 'r-1' },
      },
    });
  });

  it('a failure as a person needs it at night, and that it is over, with who did what', () => {
    const failure = { ...BROKEN, seen: 'exit 100', leftAs: 'cordoned and drained', todo: 'Mend apt.' };
    const journal = begun().claim('n1', 's1').through('n1', 'drain').begin('n1', 'upgrade');
    journal.add({ type: 'step-failed', cluster: 'a', node: 'n1', round: 1, step: 'upgrade', attempt: 1, failure });
    const it = follow({ ...ONE, pageUrl: 'https://n.example' });
    const [, failed] = journal.events.flatMap(event => it.next(event));
    expect(failed?.message).toMatchObject({
      title: '[tiny] a/n1 failed at upgrade',
      body: [
        'upgrade of a/n1 failed: broken',
        'Why: unexpected',
        'Seen: exit 100',
        'State: cordoned and drained',
        'To do: Mend apt. then: nodetide retry a/n1 --rollout r-1',
      ].join('\n'),
      link: 'https://n.example/rollouts/r-1/nodes/a/n1',
      fields: { stage: 'dev', cluster: 'a', node: 'n1', step: 'upgrade' },
    });
    journal.add({ type: 'node-retried', cluster: 'a', node: 'n1', by: 'ann', why: 'disk freed' });
    journal.through('n1', 'uncordon', 'upgrade').done('n1');
    const rest = journal.events.slice(journal.events.findIndex(event => event.type === 'node-retried'));
    expect(rest.flatMap(event => it.next(event)).map(({ message }) => message.body)).toEqual([
      'a/n1, which had failed at upgrade, is done and in service again, after 12s.\nWhy: retried by ann (disk freed)',
    ]);
  });

  const by = { by: 'ann', why: 'lunch' };
  const cases: readonly (readonly [string, EventBody, string[]])[] = [
    ['pause', { type: 'rollout-paused', ...by }, ['paused warning ops: rollout paused by ann']],
    ['resume', { type: 'rollout-resumed', ...by }, ['paused info ops: rollout resumed by ann']],
    ['stop', { type: 'rollout-stopping', ...by }, ['paused warning ops: rollout stopping by ann']],
    ['abort', { type: 'rollout-aborting', ...by }, ['aborting critical ops: rollout aborting by ann']],
    [
      'approval',
      { type: 'approval-wanted', place: { of: 'stage', stage: 'prod' }, reason: 'r' },
      ['approval warning ops: stage prod waits for approval'],
    ],
    ['nothing', { type: 'stage-done', stage: 'dev' }, []],
  ];
  it.each(cases)('%s', (_name, event, wanted) => {
    expect(told(begun().add(event))).toEqual([STARTED, ...wanted]);
  });

  it('the end: counts, time, what was left and failed on the way', () => {
    const journal = begun().claim('n1', 's1').through('n1', 'check-reboot').begin('n1', 'reboot');
    const proof = { rebooted: true, byOthers: false };
    journal.add({ type: 'step-done', cluster: 'a', node: 'n1', round: 1, step: 'reboot', proof, note: '' }).done('n1');
    // What was done anew without a reboot takes none away.
    journal.add({ type: 'node-redo-asked', cluster: 'a', node: 'n1', by: 'ann', why: '' });
    journal.claim('n1', 's1', { round: 2 }).through('n1').done('n1').claim('n2', 's1').begin('n2', 'drain');
    journal.fail('n2', 'drain').add({ type: 'node-skipped', cluster: 'a', node: 'n2', reason: 'by ann' });
    journal.add({ type: 'rollout-ended', outcome: 'done' });
    const it = follow();
    const last = journal.events.flatMap(event => it.next(event)).at(-1);
    expect(last?.message).toMatchObject({ event: 'finished', severity: 'warning' });
    expect(last?.message.body.split('\n')).toEqual([
      expect.stringMatching(
        /^Done after \d+s: 1 pending, 1 done, 1 skipped of 3 nodes; 1 reboot; 1 failure on the way\.$/,
      ),
      'Why: a/n2 skipped (by ann)',
      'State: not begun: 1 node',
      'To do: see what was left: nodetide status r-1',
    ]);
    expect(it.isOver).toBe(true);
  });
});

describe('what has been blocked for long', () => {
  it('is told once, and its end to those who heard of it', () => {
    const journal = begun().add(waiting('gate ceph: HEALTH_WARN'));
    const it = follow();
    for (const event of journal.events) it.next(event);
    expect(it.tick(15_999)).toEqual([]);
    const [blocked, ...more] = it.tick(16_000);
    expect(more).toEqual([]);
    expect(blocked?.message).toMatchObject({
      title: '[tiny] wave a/1 has been blocked for 10s',
      fields: { why: 'gate ceph: HEALTH_WARN', cluster: 'a', wave: '1' },
    });
    expect(it.tick(99_000)).toEqual([]);
    journal.add({ type: 'waiting-over', cluster: 'a', wave: 0, slot: 's1' });
    const over = journal.events.slice(-1).flatMap(event => it.next(event));
    expect(over.map(({ message }) => message.title)).toEqual(['[tiny] over: wave a/1, after 1s']);
    expect(it.told()).toEqual([]);
  });

  it('that ended before it was told is not told at all', () => {
    const journal = begun().add(waiting('gate'), { type: 'waiting-over', cluster: 'a', wave: 0, slot: 's1' });
    expect(told(journal, { nowMs: 900_000 })).toEqual([STARTED]);
  });

  const cases: readonly (readonly [string, WrittenJournal, string[]])[] = [
    ['a wave that waits for approval or soaks is no trouble', begun().add(waiting('approval of wave a/1: x')), []],
    [
      'nor one that is not opened because the rollout stops, or waits for the first of its nodes',
      begun().add(
        waiting('the rollout stops: no further wave is opened'),
        waiting('hook notify: the rollout is paused', 2),
        waiting('the first node of the wave goes alone: n1 is failed', 1),
      ),
      [],
    ],
    [
      'nor one that soaks, before it or after a node',
      begun().add(
        waiting('soak after wave a/1 until Sun 2026-11-22 22:50:07 UTC'),
        waiting('recovery after n1: well, soaking', 1),
      ),
      [],
    ],
    [
      'what is only called so is not planned',
      begun().add(waiting('soak-test: 3 of 5 are well'), waiting('maxUnavailable 1: away are soak-1', 1)),
      [
        'blocked warning ops: wave a/1 has been blocked for 14m',
        'blocked warning ops: wave a/2 has been blocked for 14m',
      ],
    ],
    ['a soak is none', begun().claim('n1', 's1').add(drainWaits('all checks hold; soaking for 60s')), []],
    [
      'a wave goes on as long as one of its nodes does',
      begun()
        .claim('n1', 's1')
        .add({ ...waiting('budget'), slot: 's2' } as EventBody),
      [],
    ],
    [
      'a wave whose only node failed does not',
      begun()
        .claim('n1', 's1')
        .begin('n1', 'drain')
        .add({ ...waiting('budget'), slot: 's2' } as EventBody)
        .fail('n1', 'drain'),
      [
        'blocked warning ops: wave a/1 has been blocked for 14m',
        'blocked critical ops: a/n1, which failed at drain, has waited for a person for 14m',
      ],
    ],
    [
      'a drain held up',
      begun().claim('n1', 's1').begin('n1', 'drain').add(drainWaits('2 pods refused')),
      ['blocked warning ops: drain of a/n1 has been blocked for 14m'],
    ],
    [
      'a whole cluster',
      begun().add(waiting('Lease held', -1)),
      ['blocked warning ops: cluster a has been blocked for 14m'],
    ],
    [
      'a pause',
      begun().add({ type: 'rollout-paused', by: 'ann', why: '' }),
      ['blocked warning ops: the rollout has been paused for 14m'],
    ],
    [
      'an approval nobody gives',
      begun().add({ type: 'approval-wanted', place: { of: 'cluster', cluster: 'b' }, reason: '' }),
      ['blocked warning ops: the approval of cluster b has been awaited for 14m'],
    ],
    [
      'nor one of a canary whose wave is done without it',
      begun().add(
        { type: 'approval-wanted', place: { of: 'canary', cluster: 'a', wave: 0 }, reason: '' },
        { type: 'node-excluded', cluster: 'a', node: 'n2', reason: 'excluded by ann' },
        { type: 'wave-done', cluster: 'a', wave: 0 },
      ),
      [],
    ],
    ['nothing once the rollout has ended', begun().add(waiting('x'), { type: 'rollout-ended', outcome: 'done' }), []],
  ];
  it.each(cases)('%s', (_name, journal, wanted) => {
    const blocked = told(journal, { nowMs: 900_000 }).filter(text => text.startsWith('blocked'));
    expect(blocked).toEqual(wanted);
  });

  it('a step that is tried again and again is one wait', () => {
    const failed: EventBody = {
      type: 'attempt-failed',
      cluster: 'a',
      node: 'n1',
      round: 1,
      step: 'drain',
      attempt: 1,
      failure: BROKEN,
      retryInMs: 5,
    };
    const journal = begun().claim('n1', 's1').begin('n1', 'drain').add(failed).begin('n1', 'drain', 1, 2).add(failed);
    const it = follow();
    for (const event of journal.events) it.next(event);
    expect(it.tick(900_000).map(each => each.id)).toEqual(['r-1_8000-0-step-blocked_ops']);
  });
});

describe('who hears what', () => {
  const targets = [hookTarget('x'), hookTarget('y')];
  const failed = () => begun().claim('n1', 's1').begin('n1', 'drain').fail('n1', 'drain');
  const heard = (routes: NotifyPolicy['routes'], journal = failed()) =>
    told(journal, { policy: { targets, routes } }).map(text => text.replace(/:.*/, ''));

  it('a target hears a thing once, by the first route that wants it', () => {
    const own = route(['x'], { template: { title: 'mine' } });
    expect(told(failed(), { policy: { targets, routes: [own, route(['x', 'y'])] } })).toEqual([
      'started info x: mine',
      'started info y: rollout of 3 nodes started',
      'node-failed critical x: mine',
      'node-failed critical y: a/n1 failed at drain',
    ]);
  });

  it('by event, severity, cluster and stage', () => {
    expect(heard([route(['x'], { events: ['node-failed'] })])).toEqual(['node-failed critical x']);
    expect(heard([route(['x'], { minSeverity: 'critical' })])).toEqual(['node-failed critical x']);
    expect(heard([route(['x'], { clusters: ['b'] })])).toEqual(['started info x']);
    expect(heard([route(['x'], { stages: ['dev'], events: ['node-failed'] })])).toEqual(['node-failed critical x']);
    expect(heard([route(['x'], { stages: ['prod'], events: ['node-failed'] })])).toEqual([]);
    expect(heard([route(['x'], { stages: ['prod'], clusters: ['a'], events: ['node-failed'] })])).toHaveLength(1);
  });

  it('the end of what was bad enough is told, though it is good itself', () => {
    const journal = failed().add({ type: 'node-retried', cluster: 'a', node: 'n1', by: 'ann', why: '' });
    expect(heard([route(['x'], { minSeverity: 'critical' })], journal.through('n1').done('n1'))).toEqual([
      'node-failed critical x',
      'node-recovered info x',
    ]);
  });

  it('each route has its own patience', () => {
    const it = follow({
      targets,
      routes: [route(['x'], { blockedForMs: 5_000 }), route(['y'], { blockedForMs: 50_000 })],
    });
    for (const event of begun().add(waiting('gate')).events) it.next(event);
    expect(it.tick(20_000).map(each => each.target.name)).toEqual(['x']);
    expect(it.tick(60_000).map(each => each.target.name)).toEqual(['y']);
  });
});

const anyEvent = fc.oneof(
  fc.constantFrom<EventBody>(
    waiting('gate'),
    waiting('other gate'),
    { type: 'waiting-over', cluster: 'a', wave: 0, slot: 's1' },
    { type: 'rollout-paused', by: 'ann', why: '' },
    { type: 'rollout-resumed', by: 'ann', why: '' },
    { type: 'rollout-aborting', by: 'ann', why: '' },
    drainWaits('pods'),
    drainWaits('all checks hold; soaking for 60s'),
    { type: 'approval-wanted', place: { of: 'cluster', cluster: 'b' }, reason: '' },
    { type: 'approved', place: { of: 'cluster', cluster: 'b' }, by: 'ann', why: '', expiresAtMs: null },
  ),
  fc
    .tuple(fc.constantFrom('n1', 'n2'), fc.constantFrom('claim', 'fail', 'retry', 'done', 'skip'))
    .map(([node, act]): EventBody => {
      const at = { cluster: 'a', node };
      if (act === 'claim') return { type: 'node-claimed', ...at, wave: 0, slot: 's1', round: 1, adopted: false };
      if (act === 'fail') return { type: 'step-failed', ...at, round: 1, step: 'drain', attempt: 1, failure: BROKEN };
      if (act === 'retry') return { type: 'node-retried', ...at, by: 'ann', why: '' };
      return act === 'done' ? { type: 'node-done', ...at, round: 1 } : { type: 'node-skipped', ...at, reason: 'x' };
    }),
);

describe('any journal', () => {
  const policy = {
    targets: [hookTarget('x'), hookTarget('y')],
    routes: [route(['x', 'y']), route(['y'], { blockedForMs: 2_000 })],
  };
  /** A look at the clock after every event, as when somebody follows closely. */
  const closely = (it: Follow, events: readonly RolloutEvent[]) =>
    events.flatMap(event => [...it.next(event), ...it.tick(event.atMs)]);

  it('gives the same, whoever goes on from wherever another one stopped, and everything once', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), fc.nat(), (bodies, at) => {
        const { events } = begun().add(...bodies, { type: 'rollout-ended', outcome: 'done' });
        const whole = closely(follow(policy), events);
        const cut = at % (events.length + 1);
        const first = follow(policy);
        const before = closely(first, events.slice(0, cut));
        const second = follow(policy, first.told());
        for (const event of events.slice(0, cut)) second.replay(event);
        expect([...before, ...closely(second, events.slice(cut))]).toEqual(whole);
        expect(new Set(whole.map(({ id }) => id)).size).toBe(whole.length);
      }),
    );
  });

  it('tells of no end without a beginning, nor of anything before the start or behind the finish', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), bodies => {
        const { events } = begun().add(...bodies, { type: 'rollout-ended', outcome: 'done' });
        const ids = closely(follow(policy), events)
          .filter(({ target }) => target.name === 'x')
          .map(({ id }) => id);
        for (const over of ids.filter(id => id.includes('-over_'))) {
          expect(ids.indexOf(over.replace('-over_', '-blocked_'))).toBeLessThan(ids.indexOf(over));
          expect(ids).toContain(over.replace('-over_', '-blocked_'));
        }
        expect(ids[0]).toContain('-started_');
        expect(ids.at(-1)).toContain('-finished_');
      }),
    );
  });
});
