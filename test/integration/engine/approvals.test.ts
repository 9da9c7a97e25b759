import { describe, expect, it } from 'vitest';
import type { ApprovalPolicy } from '../../../shared/domain/approval/policy.ts';
import { type ApprovalPlace, placeText } from '../../../shared/domain/command.ts';
import type { RolloutEvent } from '../../../shared/domain/events.ts';
import { foldStatus } from '../../../shared/domain/fold.ts';
import { checkInvariants } from '../../../shared/domain/invariants.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import { storeKeys } from '../../../shared/journal/keys.ts';
import { asked, withPlaces } from '../../helpers/approvals.ts';
import type { TestEngine } from '../../helpers/engine.ts';
import { testEngines } from '../../helpers/engines.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';

const engine = await testEngines();

const HOUR_MS = 3_600_000;
const STAGE: ApprovalPlace = { of: 'stage', stage: 'production' };
const CLUSTER: ApprovalPlace = { of: 'cluster', cluster: 'b' };
const WAVE: ApprovalPlace = { of: 'wave', cluster: 'a', wave: 1 };
const CANARY: ApprovalPlace = { of: 'canary', cluster: 'a', wave: 0 };

/** Two nodes and one more in `a`, then `b` in a stage of its own. */
const base = tinyPlan({
  stages: {
    dev: { a: [{ nodes: ['a1', 'a2'], concurrency: 2 }, { nodes: ['a3'] }] },
    production: { b: [{ nodes: ['b1'] }] },
  },
});

async function begin(plan: Plan) {
  const it = await engine();
  const steps = new ScriptedSteps();
  await it.scheduler();
  await it.worker(steps.steps());
  return { it, steps, id: await it.rollout(plan) };
}

const told = (type: RolloutEvent['type'], place: ApprovalPlace) => (event: RolloutEvent) =>
  event.type === type && 'place' in event && placeText(event.place) === placeText(place);

/** Follows the rules at every event, `asIf` they had come so; answers the events about approvals: `wanted wave a/2`. */
async function story(engine_: TestEngine, id: string, asIf = (seen: RolloutEvent[]) => seen): Promise<string[]> {
  const [plan, events] = [await engine_.store.plan(id), asIf(await engine_.store.events(id))];
  if (!plan) throw new Error('no plan');
  expect(checkInvariants(plan, events)).toEqual([]);
  return events.flatMap(event =>
    'place' in event ? [`${event.type.replace('approval-', '')} ${placeText(event.place)}`] : [],
  );
}

describe('what needs a person', () => {
  // Place, and the nodes that may be done before it.
  it.each<[ApprovalPlace, string[]]>([
    [STAGE, ['a1', 'a2', 'a3']],
    [CLUSTER, ['a1', 'a2', 'a3']],
    [WAVE, ['a1', 'a2']],
    [CANARY, ['a1']],
  ])('%j waits for its approval, and goes on with it at once', async (place, before) => {
    const { it, steps, id } = await begin(withPlaces(base, [[place, asked()]]));
    await it.event(id, told('approval-wanted', place));
    await it.event(id, event => event.type === 'waiting' && event.reasons.join().includes(placeText(place)));
    const waiting = await it.status(id);
    expect(waiting.state).toBe('waiting-on-person');
    expect(waiting.approvals).toMatchObject([{ place, state: 'wanted' }]);
    const done = Object.values(waiting.nodes).filter(node => node.state === 'done');
    expect(done.map(node => node.node)).toEqual(before);
    expect(new Set(steps.acts.map(act => act.node)).size).toBe(before.length);
    const name = placeText(place);
    expect(await it.command(id, { kind: 'approve', place, expiresAtMs: null })).toBe(`${name} is approved`);
    const ended = await it.ended(id);
    expect(ended.counts.done).toBe(4);
    expect(ended.approvals).toMatchObject([{ place, state: 'used', by: 'tester' }]);
    expect(await story(it, id)).toEqual([`wanted ${name}`, `approved ${name}`]);
    expect(Object.values(ended.clusters).flatMap(each => each.waiting)).toEqual([]);
  });

  it('given in advance, none is asked for any more', async () => {
    const all = [STAGE, CLUSTER, WAVE, CANARY];
    const it = await engine();
    const plan = withPlaces(
      base,
      all.map(place => [place, asked()] as const),
    );
    const id = await it.rollout(plan);
    for (const place of all) await it.command(id, { kind: 'approve', place, expiresAtMs: null });
    await it.scheduler();
    await it.worker(new ScriptedSteps().steps());
    const ended = await it.ended(id);
    expect(ended.approvals.map(each => each.state)).toEqual(['used', 'used', 'used', 'used']);
    expect(await story(it, id)).toEqual(all.map(place => `approved ${placeText(place)}`));
  });

  it.each<[string, ApprovalPlace]>([
    ['a wave', WAVE],
    ['a stage', STAGE],
    ['a canary', CANARY],
    ['a cluster', CLUSTER],
  ])('an abort while %s waits ends the rollout', async (_, place) => {
    const { it, id } = await begin(withPlaces(base, [[place, asked()]]));
    await it.event(id, told('approval-wanted', place));
    await it.command(id, { kind: 'abort' });
    const ended = await it.ended(id);
    expect(ended.outcome).toBe('aborted');
    expect(ended.approvals).toEqual([]);
    await story(it, id);
  });
});

describe('by itself', () => {
  const auto: Partial<ApprovalPolicy> = { autoMs: 300 };
  it.each<[ApprovalPlace]>([[STAGE], [CLUSTER], [WAVE], [CANARY]])('%j opens after a time', async place => {
    const { it, id } = await begin(withPlaces(base, [[place, asked(auto)]]));
    const wanted = await it.event(id, told('approval-wanted', place));
    const given = await it.event(id, told('approved', place));
    const events = await it.store.events(id);
    const upToWanted = events.slice(0, events.findIndex(event => event.id === wanted.id) + 1);
    expect(given).toMatchObject({ by: 'nodetide', why: 'well for 300ms' });
    expect(foldStatus((await it.store.plan(id)) as Plan, id, upToWanted).state).toBe('running');
    expect((await it.ended(id)).counts.done).toBe(4);
    await story(it, id);
  });
});

/** What came up to the first event of this type, an hour earlier than it did. */
function hourEarlier(events: RolloutEvent[], type: RolloutEvent['type']): RolloutEvent[] {
  const last = events.findIndex(event => event.type === type);
  return events.map((event, index) => (index <= last ? { ...event, atMs: event.atMs - HOUR_MS } : event));
}

describe('a soak', () => {
  it('keeps the next wave and the next stage for its time, and is told with its end', async () => {
    const soaks = [
      [{ of: 'wave', cluster: 'a', wave: 0 }, HOUR_MS],
      [{ of: 'stage', stage: 'dev' }, HOUR_MS],
    ] as const;
    const { it, steps, id } = await begin(withPlaces(base, [], soaks));
    // As if its hour were over; a resumed rollout looks at once.
    const pass = async (mark: string) => {
      const { meta } = storeKeys(it.prefix).rollout(id);
      const sinceMs = Number(await it.connection.hget(meta, `mark:${mark}`));
      await it.connection.hset(meta, `mark:${mark}`, sinceMs - HOUR_MS);
      await it.command(id, { kind: 'pause' });
      await it.command(id, { kind: 'resume' });
    };
    await it.event(
      id,
      event => event.type === 'waiting' && /^soak after wave a\/1 until .* UTC$/.test(event.reasons[0] ?? ''),
    );
    expect(new Set(steps.acts.map(act => act.node))).toEqual(new Set(['a1', 'a2']));
    await pass('wave-done:a/0');
    await it.event(
      id,
      event => event.type === 'waiting' && event.reasons[0]?.startsWith('soak after stage dev until') === true,
    );
    expect(new Set(steps.acts.map(act => act.node))).toEqual(new Set(['a1', 'a2', 'a3']));
    await pass('stage-done:0');
    expect((await it.ended(id)).counts.done).toBe(4);
    await story(it, id, events => hourEarlier(hourEarlier(events, 'wave-done'), 'stage-done'));
  });

  it('an abort does not wait for its end', async () => {
    const { it, id } = await begin(withPlaces(base, [], [[{ of: 'wave', cluster: 'a', wave: 0 }, HOUR_MS]]));
    await it.event(id, event => event.type === 'waiting' && event.reasons.join().startsWith('soak'));
    await it.command(id, { kind: 'abort' });
    expect((await it.ended(id)).outcome).toBe('aborted');
  });
});
