import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type ApprovalPlace, placeText } from '../../../shared/domain/command.ts';
import { checkInvariants } from '../../../shared/domain/invariants.ts';
import { RedisStore } from '../../../shared/journal/store.ts';
import { asked, withPlaces } from '../../helpers/approvals.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { testRedis } from '../../helpers/redis.ts';
import { treeOf } from '../../helpers/store-model/tree.ts';

const redis = await testRedis();
const base = tinyPlan({ stages: { dev: { a: [{ nodes: [] }] } } });

/** Each place and the mark of the tree's progress that begins it. */
const PLACES: [ApprovalPlace, string][] = [
  [{ of: 'stage', stage: 'dev' }, 'stage:0'],
  [{ of: 'cluster', cluster: 'a' }, 'cluster:a'],
  [{ of: 'wave', cluster: 'a', wave: 0 }, 'wave:a/0'],
];

/** A rollout right before the place. */
async function before(place: ApprovalPlace, mark: string, expiresMs: number | null = null) {
  const id = `r${randomBytes(4).toString('hex')}`;
  const plan = withPlaces(base, [[place, asked({ expiresMs })]]);
  const store = new RedisStore(redis.redis, `${redis.prefix}-${id}`);
  await store.create(id, plan, 'tester', false);
  const tree = treeOf(plan);
  const at = tree.findIndex(each => each.mark === mark);
  for (const advance of tree.slice(0, at)) expect(await store.advance(id, advance)).toMatchObject({ ok: true });
  const act = (kind: 'approve' | 'revoke', expiresAtMs: number | null = null) =>
    store.command(id, kind === 'approve' ? { kind, place, expiresAtMs } : { kind, place }, 'tester', '');
  const ask = () => store.ask(id, { place, wants: true });
  const begin = async () => {
    const next = tree[at];
    if (!next) throw new Error(`no ${mark}`);
    return (await store.advance(id, next)).ok;
  };
  const told = async () => {
    const events = await store.events(id);
    expect(checkInvariants(plan, events)).toEqual([]);
    return events.filter(event => 'place' in event).map(event => event.type);
  };
  return { store, act, ask, begin, told };
}

describe.each(PLACES)('%j', (place, mark) => {
  it('wanted: it does not begin, and is asked for once', async () => {
    const { ask, begin, told } = await before(place, mark);
    expect(await begin()).toBe(false);
    expect(await ask()).toMatchObject({ open: false, wanted: { wellSinceMs: null } });
    expect((await ask()).open).toBe(false);
    expect(await begin()).toBe(false);
    expect(await told()).toEqual(['approval-wanted']);
  });

  it('given, twice, then begun: told once, and not to be taken back any more', async () => {
    const { act, ask, begin, told } = await before(place, mark);
    await ask();
    expect((await act('approve')).note).toBe(`${placeText(place)} is approved`);
    expect(await act('approve')).toMatchObject({ ok: true, note: expect.stringContaining('already') as string });
    expect((await ask()).open).toBe(true);
    expect(await begin()).toBe(true);
    expect(await act('approve')).toMatchObject({ ok: true, note: expect.stringContaining('has begun') as string });
    expect((await act('revoke')).ok).toBe(false);
    expect(await told()).toEqual(['approval-wanted', 'approved']);
  });

  it('given in advance: never asked for', async () => {
    const { act, ask, begin, told } = await before(place, mark);
    await act('approve');
    expect((await ask()).open).toBe(true);
    expect(await begin()).toBe(true);
    expect(await told()).toEqual(['approved']);
  });

  it('taken back, twice: asked for anew', async () => {
    const { act, ask, begin, told } = await before(place, mark);
    await act('approve');
    expect((await act('revoke')).ok).toBe(true);
    expect((await act('revoke')).note).toContain('already');
    expect(await begin()).toBe(false);
    expect((await ask()).open).toBe(false);
    expect(await told()).toEqual(['approved', 'approval-revoked', 'approval-wanted']);
  });

  it('expired: asked for anew; one that was over when it was given is refused', async () => {
    const { store, act, ask, begin, told } = await before(place, mark, 1);
    await ask();
    await act('approve');
    const until = (await store.now()) + 2;
    while ((await store.now()) < until);
    expect(await begin()).toBe(false);
    expect((await ask()).open).toBe(false);
    expect((await act('approve', 1)).ok).toBe(false);
    expect((await act('approve', (await store.now()) + 600_000)).ok).toBe(true);
    expect(await begin()).toBe(true);
    expect(await told()).toEqual(['approval-wanted', 'approved', 'approval-expired', 'approval-wanted', 'approved']);
  });
});

it('where the plan asks for none, none can be given', async () => {
  const { store } = await before({ of: 'stage', stage: 'dev' }, 'stage:0');
  const [id = ''] = await store.active();
  const command = { kind: 'approve', place: { of: 'cluster', cluster: 'a' }, expiresAtMs: null } as const;
  expect(await store.command(id, command, 'tester', '')).toMatchObject({ ok: false });
});
