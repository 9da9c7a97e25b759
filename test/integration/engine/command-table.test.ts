import { describe, expect, it } from 'vitest';
import type { Command } from '../../../shared/domain/command.ts';
import { SETTLED_STATES } from '../../../shared/domain/events.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { StepReport } from '../../../shared/ports/engine-store.ts';
import { BROKEN } from '../../helpers/journal.ts';
import { OpenWave } from '../../helpers/open-wave.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { testRedis } from '../../helpers/redis.ts';

const redis = await testRedis();
const openWave = (plan: Plan) => OpenWave.of(redis, plan);
type Wave = Awaited<ReturnType<typeof openWave>>;

const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1', 'n2'] }, { nodes: ['n3'] }] } } });
const of = (kind: 'retry' | 'repaired' | 'skip' | 'redo' | 'exclude'): Command => ({ kind, cluster: 'a', node: 'n1' });
const act = (wave: Wave, command: Command) => wave.store.command(wave.id, command, 'tester', 'why');

async function visit(wave: Wave, report: StepReport, step: 'drain' | 'verify' = 'drain'): Promise<void> {
  const ref = { cluster: 'a', node: 'n1', round: 1, step } as const;
  const begun = await wave.store.begin(wave.id, ref, 1);
  if (begun.kind !== 'go') throw new Error(begun.kind);
  await wave.store.report(wave.id, ref, begun.epoch, report);
}

const claim = async (wave: Wave) => wave.claim((await wave.slots())[0] ?? '');
const failed: StepReport = { outcome: 'failed', attempt: 1, failure: BROKEN };
const skipped: StepReport = { outcome: 'skipped', reason: 'as a person asked' };

/** How n1 comes to each state. */
const STATES: Readonly<Record<string, (wave: Wave) => Promise<unknown>>> = {
  pending: async () => {},
  claimed: claim,
  running: async wave => {
    await claim(wave);
    await wave.store.begin(wave.id, { cluster: 'a', node: 'n1', round: 1, step: 'drain' }, 1);
  },
  failed: async wave => {
    await claim(wave);
    await visit(wave, failed);
  },
  'tried again': async wave => {
    await STATES['failed']?.(wave);
    await act(wave, of('retry'));
  },
  'taken for repaired': async wave => {
    await STATES['failed']?.(wave);
    await act(wave, of('repaired'));
  },
  'being verified after a repair': async wave => {
    await STATES['taken for repaired']?.(wave);
    await wave.store.begin(wave.id, { cluster: 'a', node: 'n1', round: 1, step: 'verify' }, 1);
  },
  'to be skipped': async wave => {
    await claim(wave);
    await act(wave, of('skip'));
  },
  'to be done anew': async wave => {
    await claim(wave);
    await act(wave, of('redo'));
  },
  'done, recovering': async wave => {
    await claim(wave);
    await wave.finish('n1');
  },
  skipped: async wave => {
    await STATES['to be skipped']?.(wave);
    await visit(wave, skipped);
  },
  excluded: async wave => act(wave, of('exclude')),
  'pending anew': async wave => {
    await STATES['to be done anew']?.(wave);
    await visit(wave, skipped);
  },
  'to be aborted': async wave => {
    await claim(wave);
    await act(wave, { kind: 'abort' });
  },
  aborted: async wave => {
    await STATES['to be aborted']?.(wave);
    await visit(wave, skipped);
  },
  'over, as its wave': async wave => {
    for (const node of ['n1', 'n2']) await act(wave, { kind: 'skip', cluster: 'a', node });
    await wave.close();
  },
};

/** `ok`, `already` or `no`; then what n1 is afterwards: its state, and what a person wants of it. */
type Row = readonly [state: string, retry: string, repaired: string, skip: string, redo: string, exclude: string];
const TABLE: readonly Row[] = [
  ['pending', 'no pending', 'no pending', 'ok skipped', 'already pending', 'ok excluded'],
  ['claimed', 'no claimed', 'no claimed', 'ok claimed skip', 'ok claimed redo', 'no claimed'],
  ['running', 'no claimed', 'no claimed', 'ok claimed skip', 'ok claimed redo', 'no claimed'],
  ['failed', 'ok failed', 'ok failed', 'ok failed skip', 'ok failed redo', 'no failed'],
  ['tried again', 'already failed', 'ok failed', 'ok failed skip', 'ok failed redo', 'no failed'],
  ['taken for repaired', 'already failed', 'already failed', 'ok failed skip', 'ok failed redo', 'no failed'],
  [
    'being verified after a repair',
    'already claimed',
    'already claimed',
    'ok claimed skip',
    'ok claimed redo',
    'no claimed',
  ],
  ['to be skipped', 'no claimed skip', 'no claimed skip', 'already claimed skip', 'ok claimed redo', 'no claimed skip'],
  [
    'to be done anew',
    'no claimed redo',
    'no claimed redo',
    'ok claimed skip',
    'already claimed redo',
    'no claimed redo',
  ],
  ['done, recovering', 'no done', 'no done', 'no done', 'ok pending', 'no done'],
  ['skipped', 'no skipped', 'no skipped', 'already skipped', 'ok pending', 'no skipped'],
  ['excluded', 'no excluded', 'no excluded', 'no excluded', 'ok pending', 'already excluded'],
  ['pending anew', 'no pending', 'no pending', 'ok skipped', 'already pending', 'ok excluded'],
  ['to be aborted', 'no claimed abort', 'no claimed abort', 'no claimed abort', 'no claimed abort', 'no claimed abort'],
  ['aborted', 'no aborted', 'no aborted', 'no aborted', 'no aborted', 'no aborted'],
  ['over, as its wave', 'no skipped', 'no skipped', 'already skipped', 'no skipped', 'no skipped'],
];
const KINDS = ['retry', 'repaired', 'skip', 'redo', 'exclude'] as const;

async function outcome(wave: Wave, command: Command): Promise<string> {
  const before = (await wave.store.events(wave.id)).length;
  const { ok, note } = await act(wave, command);
  const told = (await wave.store.events(wave.id)).length - before;
  const word = ok ? (note.startsWith('already') ? 'already' : 'ok') : 'no';
  expect(told > 0, `${note}: told ${told}`).toBe(word === 'ok');
  return word;
}

describe.each(TABLE)('a node that is %s', (state, ...expected) => {
  it.each(KINDS.map((kind, at) => [kind, expected[at] ?? ''] as const))('%s: %s', async (kind, wanted) => {
    const wave = await openWave(plan);
    await STATES[state]?.(wave);
    const word = await outcome(wave, of(kind));
    const node = await wave.store.node(wave.id, 'a', 'n1');
    const wish = node && SETTLED_STATES.includes(node.state) ? '' : node?.flag;
    expect(`${word} ${node?.state} ${wish}`.trim()).toBe(wanted);
    if (word === 'ok') expect(await outcome(wave, of(kind)), 'the second time').toBe('already');
  });
});

it.each<[string, boolean, string]>([
  ['running', true, 'claimed redo'],
  ['to be skipped', false, 'claimed skip'],
  ['to be done anew', true, 'claimed redo'],
  ['to be aborted', false, 'claimed abort'],
  ['done, recovering', false, 'done'],
  ['skipped', false, 'skipped'],
])(
  'a node that is %s: nodetide itself does it anew only if nobody asked for anything else',
  async (state, ok, ends) => {
    const wave = await openWave(plan);
    await STATES[state]?.(wave);
    const answer = await act(wave, { kind: 'redo', cluster: 'a', node: 'n1', unlessAsked: true });
    const node = await wave.store.node(wave.id, 'a', 'n1');
    const wish = node && SETTLED_STATES.includes(node.state) ? '' : node?.flag;
    expect([answer.ok, `${node?.state} ${wish}`.trim()]).toEqual([ok, ends]);
  },
);

/** How the rollout comes to each state; its first wave is open. */
const ROLLOUTS: Readonly<Record<string, (wave: Wave) => Promise<unknown>>> = {
  running: async () => {},
  stopping: async wave => act(wave, { kind: 'stop' }),
  paused: async wave => act(wave, { kind: 'pause' }),
  aborting: async wave => {
    await claim(wave);
    await act(wave, { kind: 'abort' });
  },
  done: async wave => {
    for (const node of ['n1', 'n2', 'n3']) await act(wave, { kind: 'skip', cluster: 'a', node });
    await wave.end();
  },
  aborted: async wave => {
    await act(wave, { kind: 'abort' });
    await wave.end();
  },
};
const OF_ROLLOUT: readonly (readonly [string, string, string, string, string, string])[] = [
  ['running', 'ok paused', 'already running', 'ok stopping', 'ok aborting', 'already running'],
  ['stopping', 'ok paused', 'ok running', 'already stopping', 'ok aborting', 'already stopping'],
  ['paused', 'already paused', 'ok running', 'already paused', 'ok aborting', 'already paused'],
  ['aborting', 'no aborting', 'no aborting', 'no aborting', 'already aborting', 'already aborting'],
  ['done', 'no done', 'no done', 'no done', 'no done', 'no done'],
  ['aborted', 'no aborted', 'no aborted', 'no aborted', 'already aborted', 'no aborted'],
];
const ROLLOUT_KINDS = ['pause', 'resume', 'stop', 'abort', 'retry-all'] as const;

describe.each(OF_ROLLOUT)('a rollout that is %s', (state, ...expected) => {
  it.each(ROLLOUT_KINDS.map((kind, at) => [kind, expected[at] ?? ''] as const))('%s: %s', async (kind, wanted) => {
    const wave = await openWave(plan);
    await ROLLOUTS[state]?.(wave);
    const word = await outcome(wave, { kind });
    expect(`${word} ${(await wave.store.meta(wave.id))?.state}`).toBe(wanted);
    if (word === 'ok') expect(await outcome(wave, { kind }), 'the second time').toBe('already');
  });
});

describe('limits', () => {
  const concurrency = (wave: number, to: number): Command => ({
    kind: 'concurrency',
    cluster: 'a',
    wave,
    concurrency: to,
  });
  it.each<[string, Command]>([
    ['ok', concurrency(0, 2)],
    ['ok', concurrency(1, 2)],
    ['already', concurrency(0, 1)],
    ['no', concurrency(0, 0)],
    ['no', concurrency(0, 1.5)],
    ['no', concurrency(2, 1)],
    ['ok', { kind: 'failure-budget', place: { of: 'rollout' }, budget: 2 }],
    ['already', { kind: 'failure-budget', place: { of: 'rollout' }, budget: 0 }],
    ['ok', { kind: 'failure-budget', place: { of: 'cluster', cluster: 'a' }, budget: 0 }],
    ['ok', { kind: 'failure-budget', place: { of: 'wave', cluster: 'a', wave: 1 }, budget: 3 }],
    ['no', { kind: 'failure-budget', place: { of: 'wave', cluster: 'a', wave: 2 }, budget: 3 }],
    ['no', { kind: 'failure-budget', place: { of: 'cluster', cluster: 'b' }, budget: 3 }],
    ['no', { kind: 'failure-budget', place: { of: 'rollout' }, budget: -1 }],
  ])('%s: %j', async (wanted, command) => {
    const wave = await openWave(plan);
    expect(await outcome(wave, command)).toBe(wanted);
    if (wanted === 'ok') expect(await outcome(wave, command), 'the second time').toBe('already');
  });

  it('of a wave that is over, or of a rollout that has ended, are refused', async () => {
    const wave = await openWave(plan);
    await STATES['over, as its wave']?.(wave);
    expect(await outcome(wave, concurrency(0, 3))).toBe('no');
    await act(wave, { kind: 'abort' });
    await wave.end();
    expect(await outcome(wave, concurrency(1, 3))).toBe('no');
  });
});
