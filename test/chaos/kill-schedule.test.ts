import { expect, it } from 'vitest';
import { scheduledRolloutId } from '../../services/common/rollout-id.ts';
import { RedisScheduleStore } from '../../shared/journal/schedule-store.ts';
import { RedisStore } from '../../shared/journal/store.ts';
import { startCli } from '../helpers/cli.ts';
import { privateRedis } from '../helpers/redis-private.ts';
import { scheduled } from '../helpers/scheduled.ts';
import { kickstart, tinyWorld } from '../helpers/simulation.ts';

/** Long enough for a kill in the middle of asking. */
const REFRESH_MS = 1_500;

it('a scheduler killed with -9 in the middle of a start leaves it to another, which begins it once', async () => {
  const redis = await privateRedis();
  const simulation = await kickstart(tinyWorld({ nodes: 1, defaults: { timings: { refreshMs: REFRESH_MS } } }));
  try {
    const it = await scheduled(simulation, 'nodetide', () => redis.connect());
    await it.schedules.add(it.schedule({ cron: '0 0 1 1 *', onlyIf: 'updates' }));
    const scheduler = async () => {
      const run = startCli(['scheduler', '--redis', redis.url, '--job-lock', '2']);
      await run.line(/: ready, Redis/);
      return run;
    };
    const first = await scheduler();
    const connection = await redis.connect();
    const [store, schedules] = [new RedisStore(connection, 'nodetide'), new RedisScheduleStore(connection, 'nodetide')];
    const dueMs = await store.now();
    await schedules.claim('nightly', dueMs, 'ann');
    await it.queue.addStart('nightly', dueMs, 'ann');
    await it.busy();
    first.kill('SIGKILL');
    await first.ended;
    expect(await store.list()).toEqual([]);
    await scheduler();
    expect((await it.outcome('nightly', dueMs)).outcome).toMatchObject({ kind: 'started' });
    expect((await store.list()).map(({ id }) => id)).toEqual([scheduledRolloutId('nightly', dueMs)]);
  } finally {
    await simulation.close();
  }
});
