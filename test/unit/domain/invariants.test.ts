import { describe, expect, it } from 'vitest';
import type { ApprovalPlace } from '../../../shared/domain/command.ts';
import type { EventBody } from '../../../shared/domain/events.ts';
import { checkInvariants, RULES, type Rule } from '../../../shared/domain/invariants.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import { STEPS } from '../../../shared/domain/steps.ts';
import { asked, withPlaces } from '../../helpers/approvals.ts';
import { WrittenJournal } from '../../helpers/journal.ts';
import { type TinyPlan, tinyPlan } from '../../helpers/plan.ts';

const one = (nodes: string[], concurrency = 1, more: Partial<TinyPlan> = {}) =>
  tinyPlan({ stages: { dev: { a: [{ nodes, concurrency }] } }, ...more });
const two = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1'] }, { nodes: ['n2'] }] } } });
const wave2 = { of: 'wave', cluster: 'a', wave: 1 } as const;
const canary = { of: 'canary', cluster: 'a', wave: 0 } as const;
const stage = { of: 'stage', stage: 'dev' } as const;
const cluster = { of: 'cluster', cluster: 'a' } as const;
const waveDone: EventBody = { type: 'wave-done', cluster: 'a', wave: 0 };
const waveBegins: EventBody = { type: 'wave-started', cluster: 'a', wave: 1 };
const approved = (place: ApprovalPlace, expiresAtMs: number | null = null): EventBody => {
  return { type: 'approved', place, by: 'tester', why: '', expiresAtMs };
};
const staged = tinyPlan({ stages: { dev: { b: [{ nodes: ['n1'] }] }, live: { a: [{ nodes: ['n1'] }] } } });
const zoned = inZone(one(['n1', 'n2', 'n3'], 3), ['n1', 'n2']);
const begun = () => new WrittenJournal().begun();
const by = { by: 'tester', why: '' };
const n1 = { cluster: 'a', node: 'n1' } as const;
const ended: EventBody = { type: 'rollout-ended', outcome: 'done' };

describe('a journal that breaks nothing', () => {
  it('two waves, a failure mended, a skip, and the end', () => {
    const journal = begun()
      .claim('n1', 's1')
      .through('n1', 'upgrade')
      .begin('n1', 'check-reboot')
      .fail('n1', 'check-reboot')
      .add({ type: 'node-retried', ...n1, ...by })
      .through('n1', 'uncordon', 'check-reboot')
      .done('n1')
      .release('n1', 's1')
      .add({ type: 'wave-done', cluster: 'a', wave: 0 }, { type: 'wave-started', cluster: 'a', wave: 1 })
      .add({ type: 'node-skip-asked', cluster: 'a', node: 'n2', ...by })
      .add({ type: 'node-skipped', cluster: 'a', node: 'n2', reason: 'skipped by tester' })
      .add({ type: 'wave-done', cluster: 'a', wave: 1 }, { type: 'cluster-done', cluster: 'a' })
      .add({ type: 'stage-done', stage: 'dev' }, ended);
    expect(checkInvariants(two, journal.events)).toEqual([]);
  });

  it('approvals given and used, a soak that is over', () => {
    const plan = withPlaces(
      two,
      [
        [wave2, asked()],
        [stage, asked()],
        [canary, asked()],
      ],
      [[{ ...wave2, wave: 0 }, 2000]],
    );
    const journal = new WrittenJournal().add(approved(stage), approved(wave2)).begun();
    journal.whole('n1', 's1').add(waveDone, { type: 'approval-wanted', place: wave2, reason: '' }, waveBegins);
    expect(checkInvariants(plan, journal.events)).toEqual([]);
  });

  it('what an abort opens for its bookkeeping', () => {
    const journal = begun().add({ type: 'rollout-aborting', ...by }, { type: 'node-aborted', ...n1, reason: 'x' });
    journal.add(waveDone, waveBegins);
    expect(checkInvariants(withPlaces(two, [[wave2, asked()]]), journal.events)).toEqual([]);
  });

  it('an adopted node of a later wave, beside a full wave', () => {
    const journal = begun().claim('n1', 's1').claim('n2', 's2', { wave: 1, adopted: true });
    expect(checkInvariants(two, journal.events)).toEqual([]);
  });

  it('a further attempt of an upgrade that had begun before another node failed', () => {
    const journal = begun().claim('n1', 's1').claim('n2', 's2').through('n1', 'drain').begin('n1', 'upgrade');
    journal.begin('n2', 'drain').fail('n2', 'drain').begin('n1', 'upgrade', 1, 2).succeed('n1', 'upgrade');
    expect(checkInvariants(one(['n1', 'n2'], 2), journal.events)).toEqual([]);
  });

  it('events about nodes and clusters the plan does not have are not judged', () => {
    const journal = begun().claim('x9', 's1').add({ type: 'wave-done', cluster: 'zz', wave: 4 });
    expect(checkInvariants(two, journal.events)).toEqual([]);
  });
});

describe('a journal of a person at work that breaks nothing', () => {
  const redo = { type: 'node-redo-asked', ...n1, ...by } as const;
  const skipped = { ...n1, round: 1, reason: 'as a person asked' } as const;

  it('done anew: after a failure, after it was done, after it was skipped', () => {
    const journal = begun().claim('n1', 's1').begin('n1', 'drain').fail('n1', 'drain').add(redo).begin('n1', 'drain');
    journal.add({ type: 'step-skipped', step: 'drain', ...skipped }).release('n1', 's1');
    journal.claim('n1', 's1', { round: 2, adopted: true });
    for (const step of STEPS) journal.begin('n1', step, 2).succeed('n1', step, 2);
    journal
      .add({ type: 'node-done', ...n1, round: 2 }, redo)
      .release('n1', 's1')
      .claim('n1', 's1', { round: 3 });
    journal.add({ type: 'node-skip-asked', ...n1, ...by }, { type: 'node-skipped', ...n1, reason: 'x' });
    journal.add(redo).release('n1', 's1').claim('n1', 's2', { round: 4 });
    expect(checkInvariants(one(['n1']), journal.events)).toEqual([]);
  });

  it('repaired: verified and uncordoned after steps that were left out', () => {
    const journal = begun().claim('n1', 's1').through('n1', 'upgrade').begin('n1', 'check-reboot');
    journal.fail('n1', 'check-reboot').add({ type: 'node-repaired', ...n1, ...by });
    for (const step of ['check-reboot', 'reboot'] as const) journal.add({ type: 'step-skipped', step, ...skipped });
    journal.through('n1', 'uncordon', 'verify').done('n1').release('n1', 's1');
    expect(checkInvariants(one(['n1']), journal.events)).toEqual([]);
  });

  it('a failure within the budget gives its slot back, and is tried again once a slot is free', () => {
    const journal = begun().claim('n1', 's1').begin('n1', 'drain').fail('n1', 'drain').whole('n2', 's2');
    journal.add({ type: 'node-retried', ...n1, ...by }).begin('n1', 'drain', 1, 2);
    expect(checkInvariants(one(['n1', 'n2'], 1, { failureBudget: 1 }), journal.events)).toEqual([]);
  });

  it('a budget that is spent lets failed nodes be tried again beside full slots', () => {
    const journal = begun().claim('n1', 's1').claim('n2', 's2').begin('n1', 'drain').fail('n1', 'drain');
    journal
      .add({ type: 'concurrency-changed', cluster: 'a', wave: 0, concurrency: 1, ...by })
      .begin('n1', 'drain', 1, 2);
    expect(checkInvariants(one(['n1', 'n2'], 2), journal.events)).toEqual([]);
  });

  it('stopped: nodes of the open wave are taken, and it is paused by itself after that', () => {
    const journal = begun()
      .add({ type: 'rollout-stopping', ...by })
      .whole('n1', 's1');
    journal.add({ type: 'wave-done', cluster: 'a', wave: 0 }, { type: 'rollout-paused', by: 'nodetide', why: '' });
    journal.add({ type: 'rollout-resumed', ...by }, { type: 'wave-started', cluster: 'a', wave: 1 });
    expect(checkInvariants(two, journal.events)).toEqual([]);
  });
});

const away = (journal: WrittenJournal) => journal.claim('n1', 's1').begin('n1', 'drain');
const PLANTED: [Rule, string, ReturnType<typeof tinyPlan>, WrittenJournal][] = [
  ['known-once', 'claimed twice', one(['n1'], 2), begun().claim('n1', 's1').claim('n1', 's2', { round: 2 })],
  ['known-once', 'a round left out', one(['n1']), begun().claim('n1', 's1', { round: 2 })],
  ['concurrency', 'one too many', one(['n1', 'n2']), begun().claim('n1', 's1').claim('n2', 's2')],
  [
    'concurrency',
    'after it was lowered',
    one(['n1', 'n2', 'n3'], 3),
    begun()
      .claim('n1', 's1')
      .add({ type: 'concurrency-changed', cluster: 'a', wave: 0, concurrency: 1, ...by })
      .claim('n2', 's2'),
  ],
  [
    'concurrency',
    'done, but its slot not given back',
    one(['n1', 'n2']),
    begun().claim('n1', 's1').through('n1').done('n1').claim('n2', 's2'),
  ],
  [
    'max-unavailable',
    'one too many',
    one(['n1', 'n2'], 2, { cluster: { maxUnavailable: { kind: 'percent', value: 50 } } }),
    begun().claim('n1', 's1').claim('n2', 's2'),
  ],
  ['max-unavailable-per', 'two of one zone', zoned, begun().claim('n1', 's1').claim('n3', 's2').claim('n2', 's3')],
  ['control-plane', 'two at a time', one(['cp1', 'cp2'], 2), begun().claim('cp1', 's1').claim('cp2', 's2')],
  [
    'wave-order',
    'claimed too early',
    two,
    begun().add({ type: 'wave-started', cluster: 'a', wave: 1 }).claim('n2', 's1', { wave: 1 }),
  ],
  ['wave-order', 'claimed before its wave began', two, begun().whole('n1', 's1').claim('n2', 's1', { wave: 1 })],
  ['wave-order', 'done too early', two, begun().add({ type: 'wave-done', cluster: 'a', wave: 0 })],
  ['wave-order', 'begun twice', two, begun().add({ type: 'wave-started', cluster: 'a', wave: 0 })],
  ['wave-order', 'cluster done too early', two, begun().add({ type: 'cluster-done', cluster: 'a' })],
  ['stage-order', 'begun too early', staged, new WrittenJournal().add({ type: 'stage-started', stage: 'live' })],
  ['stage-order', 'a cluster too early', staged, new WrittenJournal().add({ type: 'cluster-started', cluster: 'a' })],
  ['stage-order', 'done too early', staged, new WrittenJournal().add({ type: 'stage-done', stage: 'dev' })],
  ['stage-order', 'claimed too early', staged, begun().claim('n1', 's1')],
  ['stopped', 'before the start', one(['n1']), new WrittenJournal().claim('n1', 's1')],
  [
    'stopped',
    'while paused',
    one(['n1']),
    begun()
      .add({ type: 'rollout-paused', ...by })
      .claim('n1', 's1'),
  ],
  [
    'stopped',
    'while aborting',
    one(['n1']),
    begun()
      .add({ type: 'rollout-aborting', ...by })
      .claim('n1', 's1'),
  ],
  ['budget', 'claimed after a failure', one(['n1', 'n2'], 2), away(begun()).fail('n1', 'drain').claim('n2', 's2')],
  [
    'budget',
    'a retry alone mends nothing',
    one(['n1', 'n2'], 2),
    away(begun()).fail('n1', 'drain').begin('n1', 'drain', 1, 2).claim('n2', 's2'),
  ],
  [
    'budget',
    'upgrade begun after the failure of another',
    one(['n1', 'n2'], 2),
    away(begun().claim('n2', 's2').through('n2', 'drain')).fail('n1', 'drain').begin('n2', 'upgrade'),
  ],
  [
    'budget',
    'upgrade begun again after it was held',
    one(['n1', 'n2'], 2),
    away(begun().claim('n2', 's2').through('n2', 'drain').begin('n2', 'upgrade'))
      .fail('n1', 'drain')
      .add({ type: 'step-waiting', cluster: 'a', node: 'n2', round: 1, step: 'upgrade', reason: 'held', held: true })
      .begin('n2', 'upgrade', 1, 2),
  ],
  [
    'concurrency',
    'a failure that was borne is tried again beside a full wave',
    one(['n1', 'n2'], 1, { failureBudget: 1 }),
    away(begun()).fail('n1', 'drain').claim('n2', 's2').begin('n1', 'drain', 1, 2),
  ],
  [
    'budget',
    'of the wave: lowered to what has failed',
    one(['n1', 'n2'], 2, { failureBudget: 5 }),
    away(begun())
      .fail('n1', 'drain')
      .add({ type: 'failure-budget-changed', place: { of: 'wave', cluster: 'a', wave: 0 }, budget: 0, ...by })
      .claim('n2', 's2'),
  ],
  [
    'budget',
    'of the cluster',
    one(['n1', 'n2'], 2, { failureBudget: 5 }),
    away(begun())
      .fail('n1', 'drain')
      .add({ type: 'failure-budget-changed', place: { of: 'cluster', cluster: 'a' }, budget: 0, ...by })
      .claim('n2', 's2'),
  ],
  [
    'stopped',
    'a wave opens while stopping',
    two,
    begun()
      .whole('n1', 's1')
      .add({ type: 'wave-done', cluster: 'a', wave: 0 }, { type: 'rollout-stopping', ...by })
      .add({ type: 'wave-started', cluster: 'a', wave: 1 }),
  ],
  [
    'stopped',
    'paused by itself while a wave is open',
    two,
    begun().add({ type: 'rollout-stopping', ...by }, { type: 'rollout-paused', by: 'nodetide', why: '' }),
  ],
  [
    'wave-order',
    'done anew behind its wave',
    two,
    begun()
      .whole('n1', 's1')
      .add({ type: 'wave-done', cluster: 'a', wave: 0 }, { type: 'node-redo-asked', ...n1, ...by }),
  ],
  ['settled', 'done anew before it was begun', one(['n1']), begun().add({ type: 'node-redo-asked', ...n1, ...by })],
  ['settled', 'repaired without a failure', one(['n1']), away(begun()).add({ type: 'node-repaired', ...n1, ...by })],
  [
    'step-once',
    'left out although nobody repaired it',
    one(['n1']),
    begun()
      .claim('n1', 's1')
      .add({ type: 'step-skipped', ...n1, round: 1, step: 'drain', reason: 'x' }),
  ],
  [
    'approval',
    'a stage',
    withPlaces(one([]), [[stage, asked()]]),
    new WrittenJournal().add({ type: 'stage-started', stage: 'dev' }),
  ],
  [
    'approval',
    'a cluster',
    withPlaces(one([]), [[cluster, asked()]]),
    new WrittenJournal().add({ type: 'cluster-started', cluster: 'a' }),
  ],
  ['approval', 'a wave', withPlaces(two, [[wave2, asked()]]), begun().whole('n1', 's1').add(waveDone, waveBegins)],
  [
    'approval',
    'a wave, taken back',
    withPlaces(two, [[wave2, asked()]]),
    begun()
      .whole('n1', 's1')
      .add(waveDone, approved(wave2), { type: 'approval-revoked', place: wave2, ...by }, waveBegins),
  ],
  [
    'approval',
    'a wave, expired',
    withPlaces(two, [[wave2, asked()]]),
    begun().whole('n1', 's1').add(waveDone, approved(wave2, 18_000), waveBegins),
  ],
  [
    'approval',
    'a further node without a look at the first',
    withPlaces(one(['n1', 'n2']), [[canary, asked()]]),
    begun().whole('n1', 's1').claim('n2', 's1'),
  ],
  [
    'approval',
    'a further node beside the first',
    withPlaces(one(['n1', 'n2'], 2), [[canary, asked()]]),
    begun().add(approved(canary)).claim('n1', 's1').claim('n2', 's2'),
  ],
  [
    'soak',
    'a wave',
    withPlaces(two, [], [[{ ...wave2, wave: 0 }, 60_000]]),
    begun().whole('n1', 's1').add(waveDone, waveBegins),
  ],
  ['slots', 'takes two', one(['n1', 'n2'], 2), begun().claim('n1', 's1').claim('n2', 's1')],
  [
    'slots',
    'given back by another',
    one(['n1']),
    begun().claim('n1', 's1').through('n1').done('n1').release('n1', 's2'),
  ],
  ['slots', 'given back twice', one(['n1']), begun().whole('n1', 's1').release('n1', 's1')],
  ['slots', 'given back on its way', one(['n1']), away(begun()).release('n1', 's1')],
  [
    'step-order',
    'a step left out',
    one(['n1']),
    begun().claim('n1', 's1').through('n1', 'drain').begin('n1', 'reboot'),
  ],
  ['step-order', 'without a claim', one(['n1']), begun().begin('n1', 'drain')],
  ['step-order', 'of an old round', one(['n1']), begun().claim('n1', 's1').begin('n1', 'drain', 0)],
  ['step-once', 'two successes', one(['n1']), begun().claim('n1', 's1').through('n1', 'drain').succeed('n1', 'drain')],
  [
    'step-once',
    'begun after its success',
    one(['n1']),
    begun().claim('n1', 's1').through('n1', 'upgrade').begin('n1', 'upgrade'),
  ],
  ['step-once', 'a success nobody began', one(['n1']), begun().claim('n1', 's1').succeed('n1', 'drain')],
  ['step-once', 'a success after its failure', one(['n1']), away(begun()).fail('n1', 'drain').succeed('n1', 'drain')],
  [
    'epochs',
    'an old epoch',
    one(['n1']),
    begun()
      .claim('n1', 's1')
      .through('n1', 'drain')
      .add({ type: 'step-started', ...n1, round: 1, step: 'upgrade', attempt: 1, epoch: 1 }),
  ],
  ['settled', 'done with steps missing', one(['n1']), begun().claim('n1', 's1').through('n1', 'verify').done('n1')],
  ['settled', 'a step after the end', one(['n1']), begun().whole('n1', 's1').begin('n1', 'drain')],
  [
    'settled',
    'settled twice',
    one(['n1']),
    begun()
      .whole('n1', 's1')
      .add({ type: 'node-skipped', ...n1, reason: 'x' }),
  ],
  ['settled', 'without a reason', one(['n1']), begun().add({ type: 'node-excluded', ...n1, reason: '' })],
  ['settled', 'retried without a failure', one(['n1']), begun().add({ type: 'node-retried', ...n1, ...by })],
  ['ending', 'with a node left', one(['n1']), begun().add(ended)],
  ['ending', 'as done after an abort', one([]), begun().add({ type: 'rollout-aborting', ...by }, ended)],
  ['ending', 'and something goes on', one([]), begun().add(ended, { type: 'rollout-paused', ...by })],
];

/** These nodes are one zone of which one may be away. */
function inZone(plan: Plan, nodes: readonly string[]): Plan {
  const perDomain = [{ label: 'zone', domains: [{ name: 'zone a', max: 1, nodes }] }];
  const stages = plan.stages.map(stage => {
    return { ...stage, clusters: stage.clusters.map(cluster => ({ ...cluster, perDomain })) };
  });
  return { ...plan, stages };
}

describe('a planted violation', () => {
  it.each(PLANTED)('%s: %s', (rule, _name, plan, journal) => {
    const last = journal.events.at(-1)?.id;
    const atLast = checkInvariants(plan, journal.events).filter(found => found.eventId === last);
    expect(atLast.map(found => found.rule)).toContain(rule);
  });

  it('is there for every rule', () => {
    expect(new Set(PLANTED.map(([rule]) => rule))).toEqual(new Set(Object.keys(RULES)));
  });
});
