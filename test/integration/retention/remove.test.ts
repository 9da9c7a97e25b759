import { afterEach, expect, it } from 'vitest';
import { SILENT_LOG } from '../../../services/common/log.ts';
import { removeOverdue } from '../../../services/scheduler/retention.ts';
import { LEAST_KEPT_MS, type Retention } from '../../../shared/domain/retention.ts';
import { RedisOutbox } from '../../../shared/journal/outbox.ts';
import { RedisRetention } from '../../../shared/journal/retention-store.ts';
import type { RetentionStore } from '../../../shared/ports/retention.ts';
import { systemClock } from '../../../shared/telemetry/clock.ts';
import { TestEngine } from '../../helpers/engine.ts';
import { tinyPlan } from '../../helpers/plan.ts';
import { testRedis } from '../../helpers/redis.ts';
import { ScriptedSteps } from '../../helpers/scripted-steps.ts';

const redis = await testRedis();
const engines: TestEngine[] = [];
let corners = 0;

afterEach(async () => {
  await Promise.all(engines.splice(0).map(engine => engine.stop()));
});

const PLAN = tinyPlan({ stages: { dev: { a: [{ nodes: ['n1', 'n2'], concurrency: 2 }, { nodes: ['n3'] }] } } });

const OTHER = tinyPlan({ stages: { dev: { b: [{ nodes: ['n1'] }] } } });

/** An engine with a rollout that has ended, one of its nodes in its second round. */
async function ended() {
  corners += 1;
  const engine = await TestEngine.start({ prefix: `${redis.prefix}-${corners}`, connect: redis.connect });
  engines.push(engine);
  const steps = new ScriptedSteps();
  await engine.scheduler();
  await engine.worker(steps.steps());
  const id = await engine.rollout(PLAN);
  await engine.event(id, event => event.type === 'node-done');
  await engine.command(id, { kind: 'redo', cluster: 'a', node: 'n1' });
  await engine.ended(id);
  return { engine, id };
}

/** The rollouts of an engine looked through as if all had ended long ago. */
function depsOf(engine: TestEngine, keep: Retention, retention: RetentionStore = storeOf(engine)) {
  const now = async () => (await engine.store.now()) + 10 * LEAST_KEPT_MS;
  const store = { list: () => engine.store.list(), holds: () => engine.store.holds(), now };
  const { queues } = engine;
  return { store, queues, retention, keep, clock: systemClock, log: SILENT_LOG, signal: new AbortController().signal };
}

function storeOf(engine: TestEngine): RedisRetention {
  return new RedisRetention(engine.connection, engine.prefix);
}

const NOW_OVER: Retention = { keepRollouts: 0, keepMs: 1 };

/** Names of keys, and members of BullMQ's lists and sets, that still hold the id. */
async function tracesOf(engine: TestEngine, id: string): Promise<string[]> {
  const found: string[] = [];
  const { redis: client } = redis;
  for await (const keys of client.scanStream({ match: `${engine.prefix}:*`, count: 1000 })) {
    for (const key of keys as string[]) {
      // BullMQ's streams of events are cut by themselves.
      if (key.endsWith(':events')) continue;
      const type = await client.type(key);
      const members = type === 'zset' ? client.zrange(key, '0', '-1') : type === 'set' ? client.smembers(key) : [];
      const values = type === 'list' ? await client.lrange(key, 0, -1) : await members;
      const fields = type === 'hash' ? Object.values(await client.hgetall(key)) : [];
      if ([key, ...values, ...fields].some(text => text.includes(id))) found.push(key);
    }
  }
  return found;
}

/** What stays of every rollout: what its nodes took. */
const stays = (key: string): boolean => key.includes(':~durations:');

it('leaves nothing of a rollout that ended long ago, and everything of one that goes on', async () => {
  const { engine, id } = await ended();
  const going = await engine.rollout(
    tinyPlan({
      stages: { dev: { b: [{ nodes: ['n1'] }] } },
      cluster: { window: { rules: [], freezes: [], nodeTakesMs: 0 } },
    }),
  );
  await engine.command(going, { kind: 'pause' });
  const own = async () => (await tracesOf(engine, going)).filter(key => key.includes(':~r:'));
  const before = await own();
  expect((await tracesOf(engine, id)).length).toBeGreaterThan(30);

  expect(await removeOverdue(depsOf(engine, { keepRollouts: 0, keepMs: 0 }))).toEqual([]);
  expect(await removeOverdue(depsOf(engine, { keepRollouts: 1, keepMs: 0 }))).toEqual([]);
  expect(await removeOverdue(depsOf(engine, NOW_OVER))).toEqual([id]);
  expect((await tracesOf(engine, id)).filter(key => !stays(key))).toEqual([]);
  expect(await engine.store.plan(id)).toBeNull();
  expect((await engine.store.list()).map(each => each.id)).toEqual([going]);
  expect(await own()).toEqual(expect.arrayContaining(before));
  expect(await removeOverdue(depsOf(engine, NOW_OVER))).toEqual([]);

  // Its clusters are free, and what goes on is carried to its end.
  await engine.command(going, { kind: 'resume' });
  expect((await engine.ended(going)).outcome).toBe('done');
});

it('finishes later what was cut off anywhere', async () => {
  const { engine, id } = await ended();
  const whole = storeOf(engine);
  const cut = () => Promise.reject(new Error('cut off'));
  const dying: RetentionStore[] = [
    { ...methodsOf(whole), parts: cut },
    { ...methodsOf(whole), forget: cut },
  ];
  for (const store of dying) {
    const warned: object[] = [];
    const log = { ...SILENT_LOG, warn: (about: object) => void warned.push(about) };
    expect(await removeOverdue({ ...depsOf(engine, NOW_OVER, store), log })).toEqual([]);
    expect(warned).toEqual([{ rollout: id, error: 'Error: cut off' }]);
    expect(await engine.store.list()).toEqual([]);
    expect(await whole.retired()).toEqual([id]);
  }
  // Some jobs are gone, others not.
  const again = await engine.rollout(PLAN);
  await engine.ended(again);
  const stop = new AbortController();
  const halfway = {
    removeJobs: async (rollout: string, parts: Awaited<ReturnType<RedisRetention['parts']>>) => {
      if (rollout !== again) return engine.queues.removeJobs(rollout, parts, stop.signal);
      await engine.queues.removeJobs(rollout, { ...parts, nodes: parts.nodes.slice(0, 1) }, stop.signal);
      throw new Error('cut off');
    },
  };
  const third = await engine.rollout(PLAN);
  await engine.ended(third);
  // One that cannot be removed holds up none behind it.
  const gone = await removeOverdue({ ...depsOf(engine, NOW_OVER), queues: halfway });
  expect(gone.toSorted()).toEqual([id, third].toSorted());
  expect(await removeOverdue(depsOf(engine, NOW_OVER))).toEqual([again]);
  expect([...(await tracesOf(engine, id)), ...(await tracesOf(engine, again))].filter(key => !stays(key))).toEqual([]);
});

it('touches none that has not ended or is not told to its end, and waits for a job that a worker has in hand', async () => {
  const { engine, id } = await ended();
  const store = storeOf(engine);
  const going = await engine.rollout(OTHER);
  await engine.command(going, { kind: 'pause' });
  expect(await store.retire(going)).toBe(false);
  expect(await store.retire('nobody')).toBe(false);
  expect(await store.retired()).toEqual([]);

  // Its end is still to be told: a death in between, and nobody was there for long.
  const outbox = new RedisOutbox(engine.connection, engine.prefix);
  const deps = { ...depsOf(engine, NOW_OVER), untold: () => outbox.unfinished() };
  expect(await removeOverdue(deps)).toEqual([]);
  expect(await outbox.advance(id, 0, { position: '', told: [], isOver: true }, [])).toBe(true);

  const lock = `${engine.prefix}:rollout:${id}:lock`;
  await engine.connection.set(lock, 'a worker');
  expect(await removeOverdue(deps)).toEqual([]);
  expect(await store.retired()).toEqual([id]);
  await engine.connection.del(lock);
  expect(await removeOverdue(depsOf(engine, NOW_OVER))).toEqual([id]);
});

function methodsOf(store: RedisRetention): RetentionStore {
  return {
    retire: id => store.retire(id),
    retired: () => store.retired(),
    parts: id => store.parts(id),
    forget: id => store.forget(id),
  };
}
