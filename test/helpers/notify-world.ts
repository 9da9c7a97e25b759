import { setTimeout as sleep } from 'node:timers/promises';
import { type NotifyPace, PACE } from '../../services/scheduler/notify/deps.ts';
import { startNotify } from '../../services/scheduler/wire/notify.ts';
import type { Delivery } from '../../shared/domain/notify/routing.ts';
import { RedisOutbox } from '../../shared/journal/outbox.ts';
import { RedisStore } from '../../shared/journal/store.ts';
import { openNotifier } from '../../shared/notify/open.ts';
import { secretOf } from '../../shared/probes/secrets.ts';
import { NotifyQueue } from '../../shared/queue/notify-queue.ts';
import { Queues } from '../../shared/queue/queues.ts';
import type { TestRedis } from './redis.ts';

const QUICK: Partial<NotifyPace> = {
  ...PACE,
  lookMs: 20,
  backoffMs: 10,
  backoffMaxMs: 40,
  lastWordsMs: 30_000,
};

/** Puts messages into an outbox, in an order of their own; those whose id is known are left out. */
export async function put(outbox: RedisOutbox, deliveries: readonly Delivery[]): Promise<void> {
  const { revision } = await outbox.followed('none');
  await outbox.advance('none', revision, { position: '', told: [], isOver: false }, deliveries);
}

/** A part of a test's Redis in which `start` starts a sender; whoever starts stops, then closes. */
export async function notifyWorld(shared: TestRedis, name: string) {
  const prefix = `${shared.prefix}-${name}`;
  const redis = await shared.connect();
  const onError = () => {};
  const queues = new Queues(redis, prefix, onError);
  const [store, outbox, notifyQueue] = [
    new RedisStore(redis, prefix),
    new RedisOutbox(redis, prefix),
    new NotifyQueue(redis, prefix, onError),
  ];
  const logged: string[] = [];
  const say = (_: object, text: string) => void logged.push(text);
  const log = { info: say, warn: say, error: say };
  const clock = {
    now: () => Date.now(),
    sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, signal ? { signal } : {}),
  };
  const start = () => {
    const stopping = new AbortController();
    const notifier = openNotifier(secretOf);
    const parts = { outbox, notifyQueue, notifier, random: () => 0.5, pace: QUICK };
    const service = startNotify({ store, clock, log, queues, signal: stopping.signal }, parts, redis, 2_000);
    return async () => {
      stopping.abort(new Error('stop'));
      await service.stop();
    };
  };
  const close = async () => {
    await notifyQueue.close();
    await queues.close();
  };
  return { store, outbox, start, close, logged };
}
