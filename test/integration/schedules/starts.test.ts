import { afterAll, describe, expect, it } from 'vitest';
import { testRedis } from '../../helpers/redis.ts';
import { type Scheduled, scheduled } from '../../helpers/scheduled.ts';
import { kickstart, tinyWorld } from '../../helpers/simulation.ts';

const redis = await testRedis();
const simulation = await kickstart(tinyWorld({ nodes: 2, clusters: 2 }));
afterAll(() => simulation.close());

let made = 0;
/** A corner of its own for each test. */
async function fresh(): Promise<Scheduled> {
  made += 1;
  return scheduled(simulation, `${redis.prefix}-${made}`, () => redis.connect());
}

const rolloutIds = async ({ store }: Scheduled): Promise<string[]> => (await store.list()).map(({ id }) => id);

describe('a schedule', () => {
  it('starts once with three schedulers running', async () => {
    const it = await fresh();
    await it.schedules.add(it.schedule());
    await Promise.all([it.scheduler(), it.scheduler(), it.scheduler()]);
    const dueMs = await it.minute('nightly');
    const record = await it.outcome('nightly');
    expect(record).toMatchObject({ dueMs, by: '', outcome: { kind: 'started' } });
    // Now each of them sees by itself that the time has come.
    it.clock.jump(20_000);
    it.clock.jump(20_000);
    expect(await rolloutIds(it)).toEqual([it.rolloutOf('nightly', dueMs)]);
    expect(await it.schedules.starts('nightly')).toHaveLength(1);
  });
});
