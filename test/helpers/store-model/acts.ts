import fc from 'fast-check';
import { expect } from 'vitest';
import type { Command } from '../../../shared/domain/command.ts';
import { nodeKey } from '../../../shared/domain/names.ts';
import { resolveAmount } from '../../../shared/domain/policy.ts';
import { STEPS, type StepName } from '../../../shared/domain/steps.ts';
import type { ClaimRequest, StepRef, StepReport } from '../../../shared/ports/engine-store.ts';
import { BROKEN } from '../journal.ts';
import { anyCommand, fittingCommand } from './commands.ts';
import type { KnownSlot, StoreWorld, VisitOfStep } from './world.ts';

/** Facts older than this give no claim. */
export const FACTS_MAX_AGE_MS = 30_000;

const index = fc.nat({ max: 11 });
const rarely = fc.integer({ min: 0, max: 9 }).map(dice => dice === 0);
const mostly0 = (...others: number[]) => fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.constantFrom(...others));
const OUTCOMES = [
  'done',
  'done',
  'done',
  'failed',
  'attempt-failed',
  'waiting',
  'memory',
  'hooks',
  'told',
  'check',
  'skipped',
] as const;

/** One thing that somebody does to the store. Numbers pick from what there is at that moment, so every act can be done. */
export const anyAct = fc.oneof(
  { weight: 3, arbitrary: fc.record({ act: fc.constant('advance' as const), pick: fc.option(fc.nat({ max: 40 })) }) },
  {
    weight: 9,
    arbitrary: fc.record({
      act: fc.constant('claim' as const),
      /** From the newest slot back. */
      slot: mostly0(1, 2, 3, 4, 5),
      give: fc.constantFrom('right', 'right', 'none', 'round', 'node'),
      ageMs: mostly0(FACTS_MAX_AGE_MS / 2, FACTS_MAX_AGE_MS + 60_000),
      unavailable: fc.oneof(fc.constant<string[]>([]), fc.subarray(['n1', 'n2', 'cp1', 'cp2', 'x1'], { maxLength: 2 })),
      foreignControlPlane: rarely,
      candidates: fc.oneof({ weight: 5, arbitrary: fc.constant('pending') }, fc.constantFrom('any', 'none')),
      adopt: fc.option(index, { freq: 8 }),
      settle: fc.option(index, { freq: 12 }),
      held: fc.option(index, { freq: 12 }),
      shut: rarely,
      windowShut: rarely,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('begin' as const),
      node: index,
      step: fc.option(fc.nat({ max: 5 }), { freq: 4 }),
      roundBack: mostly0(1, -1),
      again: fc.boolean(),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      act: fc.constant('report' as const),
      /** From the newest visit back: old ones are frozen workers that wake up. */
      visit: mostly0(1, 2, 3, 4, 5),
      outcome: fc.constantFrom(...OUTCOMES),
    }),
  },
  { weight: 8, arbitrary: fc.record({ act: fc.constant('work' as const), node: index, steps: fc.nat({ max: 6 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ act: fc.constant('twin' as const), node: index, outcome: fc.constantFrom(...OUTCOMES) }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('fail' as const), node: index }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('fill' as const) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('stalled' as const), node: index }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('slots' as const), place: index }) },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('wait' as const),
      slot: mostly0(1, 2, 3),
      reason: fc.constantFrom('', 'soaking'),
    }),
  },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('command' as const), what: anyCommand }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('abort' as const), really: rarely }) },
);

/** One of {@link anyAct}. */
export type Act = typeof anyAct extends fc.Arbitrary<infer T> ? T : never;
type Of<K extends Act['act']> = Extract<Act, { act: K }>;

const at = <T>(list: readonly T[], pick: number): T | undefined => list[pick % Math.max(list.length, 1)];
const back = <T>(list: readonly T[], pick: number): T | undefined =>
  list[list.length - 1 - (pick % Math.max(list.length, 1))];

/** A claim of a healthy slot in a healthy cluster. */
export const CALM: Omit<Of<'claim'>, 'act' | 'slot' | 'give'> = {
  ageMs: 0,
  unavailable: [],
  foreignControlPlane: false,
  candidates: 'pending',
  adopt: null,
  settle: null,
  held: null,
  shut: false,
  windowShut: false,
};

/** Does an act to the store, and checks the answers that the journal does not show. */
export async function perform(world: StoreWorld, act: Act): Promise<void> {
  switch (act.act) {
    case 'advance':
      return advance(world, act.pick);
    case 'claim':
      return claim(world, act);
    case 'begin':
      return begin(world, act);
    case 'report':
      return reportBy(world, back(world.visits, act.visit), act.outcome);
    case 'work':
      return work(world, act);
    case 'twin':
      return twin(world, act);
    case 'fail':
      await reportBy(world, await visitNext(world, act.node), 'failed');
      return openAll(world);
    case 'fill':
      for (const slot of world.slots.keys()) await claim(world, { act: 'claim', slot, give: 'right', ...CALM });
      return;
    case 'stalled':
      return stalled(world, act.node);
    case 'slots': {
      const place = at(world.places(), act.place);
      return place && world.openSlots(place.cluster, place.wave);
    }
    case 'wait': {
      const slot = back(world.slots, act.slot);
      return slot && world.store.waiting(world.id, slot, act.reason === '' ? [] : [act.reason]);
    }
    case 'command':
      return command(world, await fittingCommand(world, act.what));
    case 'abort':
      return act.really ? command(world, { kind: 'abort' }) : undefined;
  }
}

/** No pick: everything that can be said now, as the scheduler does it. */
async function advance(world: StoreWorld, pick: number | null): Promise<void> {
  const one = pick === null ? undefined : at(world.tree, pick);
  for (const each of one ? [one] : world.tree) {
    // The root of the tree ends last: nothing below it is left then that could say more.
    if (await world.store.hasMark(world.id, 'ended')) return;
    await world.advance(each);
  }
}

/** Twice each: the second time nothing changes, and nothing is told. */
async function command(world: StoreWorld, what: Command | undefined): Promise<void> {
  if (!what) return;
  const first = await world.store.command(world.id, what, 'tester', 'why not');
  await world.agree();
  const told = (await world.store.events(world.id)).length;
  const second = await world.store.command(world.id, what, 'somebody else', '');
  if (first.ok)
    expect(second, JSON.stringify(what)).toMatchObject({ ok: true, note: expect.stringMatching(/^already/) });
  expect((await world.store.events(world.id)).length, `${JSON.stringify(what)} is told once`).toBe(told);
  await openAll(world);
}

/** As the engine does it after every change that may let go on. */
async function openAll(world: StoreWorld): Promise<void> {
  for (const place of world.places()) {
    if ((await world.store.openWave(world.id, place.cluster)) === place.wave)
      await world.openSlots(place.cluster, place.wave);
  }
}

async function claim(world: StoreWorld, act: Of<'claim'>): Promise<void> {
  const slot = back(world.slots, act.slot);
  if (!slot) return;
  const request = await claimRequest(world, slot, act);
  const claimed = (await world.store.holdings(world.id)) as Record<string, string>;
  const before = await statesOf(world, request);
  const answer = await world.store.claim(world.id, request);
  if (answer.kind === 'retired' || act.ageMs > FACTS_MAX_AGE_MS || act.shut) {
    expect(await statesOf(world, request), 'no node is settled without a right or on old facts').toEqual(before);
  }
  if (answer.kind !== 'claimed') return;
  const candidate = request.candidates.find(each => each.node === answer.node);
  expect(candidate, 'only a candidate is claimed').toBeDefined();
  expect(act.shut, 'no claim through a gate that is shut').toBe(false);
  expect(act.ageMs, 'no claim on old facts').toBeLessThan(FACTS_MAX_AGE_MS);
  if (candidate?.adopt) return;
  expect(act.windowShut, 'no new node outside the window').toBe(false);
  const ours = Object.entries(claimed)
    .filter(([id, key]) => id !== slot.slot && key.startsWith(`${slot.cluster}/`))
    .map(([, key]) => key.slice(slot.cluster.length + 1));
  const away = new Set([...ours, ...request.unavailable, ...request.unavailableControlPlane, answer.node]);
  expect(away.size, 'claimed, not Ready and cordoned').toBeLessThanOrEqual(request.maxUnavailable);
  for (const { max, nodes, name } of (request.perDomain ?? []).flatMap(budget => budget.domains)) {
    if (!nodes.includes(answer.node)) continue;
    expect(nodes.filter(each => away.has(each)).length, `away of ${name}`).toBeLessThanOrEqual(max);
  }
  const others = [...away].filter(name => name !== answer.node && name.startsWith('cp'));
  if (answer.node.startsWith('cp')) expect(others, 'one control-plane node at a time').toEqual([]);
}

async function statesOf(world: StoreWorld, { cluster, settle }: ClaimRequest): Promise<unknown[]> {
  const records = await world.store.nodes(
    world.id,
    settle.map(({ node }) => nodeKey(cluster, node)),
  );
  return records.map(record => record?.state);
}

async function claimRequest(world: StoreWorld, slot: KnownSlot, act: Of<'claim'>): Promise<ClaimRequest> {
  const { cluster, wave } = slot;
  const planned = world.plan.stages.flatMap(stage => stage.clusters).find(each => each.name === cluster);
  const names = world.nodes.filter(node => node.cluster === cluster).map(node => node.name);
  const pending = await world.store.pending(world.id, cluster, wave);
  const candidates = { pending: pending.toSorted(), any: names, none: [] }[act.candidates as 'pending'] ?? [];
  const adopt = act.adopt === null ? undefined : at(names, act.adopt);
  const settle = act.settle === null ? undefined : at(names, act.settle);
  const held = act.held === null ? undefined : at(names, act.held);
  return {
    ...slot,
    give: await giveOf(world, slot, act.give),
    settle: settle ? [{ node: settle, state: 'excluded', reason: 'gone' }] : [],
    held: held ? [{ node: held, reason: 'changed' }] : [],
    closed: act.shut ? ['the gate is shut'] : [],
    shut: act.windowShut ? ['outside the window'] : [],
    candidates: [
      ...(adopt ? [{ node: adopt, adopt: true }] : []),
      ...candidates.filter(node => node !== adopt && node !== held).map(node => ({ node, adopt: false })),
    ],
    unavailable: act.unavailable.filter(name => !name.startsWith('cp')),
    unavailableControlPlane: [
      ...act.unavailable.filter(name => name.startsWith('cp')),
      ...(act.foreignControlPlane ? ['cp9'] : []),
    ],
    maxUnavailable: planned ? resolveAmount(planned.policy.maxUnavailable, planned.size) : 0,
    perDomain: planned?.perDomain ?? [],
    shortBefore: [],
    factsAtMs: (await world.store.now()) - act.ageMs,
    factsMaxAgeMs: FACTS_MAX_AGE_MS,
  };
}

async function giveOf(world: StoreWorld, slot: KnownSlot, give: string): Promise<ClaimRequest['give']> {
  if (give === 'none') return null;
  const key = (await world.store.holdings(world.id))[slot.slot];
  if (key === undefined) return give === 'right' ? null : { node: 'n1', round: 1 };
  const node = key.slice(slot.cluster.length + 1);
  const round = (await world.store.node(world.id, slot.cluster, node))?.round ?? 0;
  if (give === 'round') return { node, round: round + 1 };
  return { node: give === 'node' ? 'other' : node, round };
}

/** The first step of a node's round that has no result; the last when all have one. */
async function nextStep(world: StoreWorld, cluster: string, node: string, round: number): Promise<StepName> {
  const finished = await world.store.finished(world.id, cluster, node, round);
  return STEPS.find(step => !finished.includes(step)) ?? 'uncordon';
}

async function begin(world: StoreWorld, act: Of<'begin'>): Promise<void> {
  const node = at(world.nodes, act.node);
  const record = node && (await world.store.node(world.id, node.cluster, node.name));
  if (!node || !record) return;
  const round = record.round - act.roundBack;
  const step = act.step === null ? await nextStep(world, node.cluster, node.name, round) : (STEPS[act.step] ?? 'drain');
  await visit(world, { cluster: node.cluster, node: node.name, round, step }, record.attempt + (act.again ? 1 : 0));
}

async function visit(world: StoreWorld, ref: StepRef, attempt: number): Promise<VisitOfStep | null> {
  const answer = await world.store.begin(world.id, ref, attempt);
  if (answer.kind !== 'go') return null;
  const key = nodeKey(ref.cluster, ref.node);
  expect(answer.epoch, 'the epoch rises').toBeGreaterThan(world.newest.get(key) ?? 0);
  world.newest.set(key, answer.epoch);
  const begun = { ref, epoch: answer.epoch, attempt, flag: answer.flag };
  world.visits.push(begun);
  return begun;
}

type Outcome = StepReport['outcome'] | 'told';

function reportOf(outcome: Outcome, attempt: number): StepReport {
  switch (outcome) {
    case 'told': {
      const pods = [{ pod: 'shop/web-1', budgets: ['web'], refusedForMs: 600_000 }];
      return { outcome: 'memory', memory: { attempt, told: true }, told: { act: 'deleting', pods } };
    }
    case 'check':
    case 'failing':
      return { outcome };
    case 'memory':
      return { outcome, memory: { attempt } };
    case 'hooks':
      return hooksReport(attempt);
    case 'waiting':
      return { outcome, reason: `waits for ${attempt % 2 === 0 ? 'a lock' : 'pods'}` };
    case 'held':
      return { outcome, reason: 'failure budget spent: held' };
    case 'attempt-failed':
      return { outcome, attempt, failure: { ...BROKEN, retryable: true }, retryInMs: 10 };
    case 'failed':
      return { outcome, attempt, failure: BROKEN };
    case 'done':
      return { outcome, proof: { attempt }, note: 'ok' };
    case 'skipped':
      return { outcome, reason: 'as a person asked' };
  }
}

function hooksReport(attempt: number): StepReport {
  const told = {
    type: 'hook-done',
    cluster: 'a',
    node: 'n1',
    hook: `h${attempt}`,
    when: 'before',
    of: 'node',
    tookMs: 1,
  } as const;
  return { outcome: 'hooks', kept: { ran: [`h${attempt}`] }, told };
}

async function reportBy(world: StoreWorld, who: VisitOfStep | undefined | null, outcome: Outcome): Promise<void> {
  if (!who) return;
  // Workers skip when a person asked, and only then.
  const fitting = who.flag !== '' ? 'skipped' : outcome === 'skipped' ? 'done' : outcome;
  const heard = await world.store.report(world.id, who.ref, who.epoch, reportOf(fitting, who.attempt));
  if (heard.ok) {
    const newest = world.newest.get(nodeKey(who.ref.cluster, who.ref.node));
    expect(who.epoch, 'only who began last is heard').toBe(newest);
  } else if (heard.why === 'flagged') {
    await world.store.report(world.id, who.ref, who.epoch, reportOf('skipped', who.attempt));
  }
}

/** A worker begins the next step of a node that some slot holds. */
async function visitNext(world: StoreWorld, pick: number): Promise<VisitOfStep | null> {
  const held = Object.values(await world.store.holdings(world.id)).toSorted();
  const key = at(held, pick);
  const node = world.nodes.find(each => nodeKey(each.cluster, each.name) === key);
  if (!node) return null;
  const round = (await world.store.node(world.id, node.cluster, node.name))?.round ?? 0;
  const step = await nextStep(world, node.cluster, node.name, round);
  return visit(world, { cluster: node.cluster, node: node.name, round, step }, 1);
}

/** Carries a claimed node on by some steps, as a healthy worker does. */
async function work(world: StoreWorld, act: Of<'work'>): Promise<void> {
  for (let done = 0; done <= act.steps; done += 1) {
    await reportBy(world, await visitNext(world, act.node), 'done');
    await world.agree();
  }
}

/** A worker freezes in its step, another takes the step over, and the first wakes up. */
async function twin(world: StoreWorld, { node, outcome }: Of<'twin'>): Promise<void> {
  const frozen = await visitNext(world, node);
  await visitNext(world, node);
  await reportBy(world, frozen, outcome);
}

async function stalled(world: StoreWorld, pick: number): Promise<void> {
  const node = at(world.nodes, pick);
  const record = node && (await world.store.node(world.id, node.cluster, node.name));
  if (!node || !record) return;
  const step = await nextStep(world, node.cluster, node.name, record.round);
  await world.store.stalled(
    world.id,
    { cluster: node.cluster, node: node.name, round: record.round, step },
    { ...BROKEN, code: 'stalled' },
  );
}
