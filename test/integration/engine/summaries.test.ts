import { expect, it, vi } from 'vitest';
import { storeKeys } from '../../../shared/journal/keys.ts';
import { RedisStore } from '../../../shared/journal/store.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { testRedis } from '../../helpers/redis.ts';

const place = await testRedis();
const plan = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1', 'n2'] }] } } });

it('lists rollouts, and reads of those that have ended only whether it is still so', async () => {
  const store = new RedisStore(place.redis, place.prefix);
  const ids = ['r1', 'r2', 'r3'];
  const end = async (id: string, state: string) => {
    await place.redis.hset(storeKeys(place.prefix).rollout(id).meta, { state, 'mark:ended': 77 });
    await place.redis.hdel(storeKeys(place.prefix).holders, 'a');
  };
  for (const id of ids) {
    expect(await store.create(id, plan, 'me', false)).toEqual({ ok: true });
    if (id !== 'r3') await end(id, 'done');
  }
  const reads = vi.spyOn(place.redis, 'hvals');
  const plans = vi.spyOn(place.redis, 'get');
  const first = await store.list();
  expect(first).toMatchObject([
    { id: 'r1', fleet: 'tiny', clusters: ['a'], state: 'done', endedAtMs: 77, nodes: { total: 2, done: 0, failed: 0 } },
    { id: 'r2', state: 'done' },
    { id: 'r3', state: 'running', endedAtMs: null },
  ]);
  expect([reads.mock.calls.length, plans.mock.calls.length]).toEqual([3, 3]);
  expect(await store.list()).toEqual(first);
  expect([reads.mock.calls.length, plans.mock.calls.length]).toEqual([4, 3]);

  // An older state of the store was put back.
  const { meta } = storeKeys(place.prefix).rollout('r1');
  await place.redis.hset(meta, { state: 'running' });
  await place.redis.hdel(meta, 'mark:ended');
  expect((await store.list())[0]).toMatchObject({ id: 'r1', state: 'running', endedAtMs: null });
  await place.redis.zrem(storeKeys(place.prefix).rollouts, 'r2');
  expect((await store.list()).map(({ id }) => id)).toEqual(['r1', 'r3']);
});
