import { setTimeout as sleep } from 'node:timers/promises';
import { startNotify } from '../../services/scheduler/wire/notify.ts';
import { RedisOutbox } from '../../shared/journal/outbox.ts';
import { RedisStore } from '../../shared/journal/store.ts';
import { openNotifier } from '../../shared/notify/open.ts';
import { secretOf } from '../../shared/probes/secrets.ts';
import { NotifyQueue } from '../../shared/queue/notify-queue.ts';
import { Queues } from '../../shared/queue/queues.ts';
import { connectRedis } from '../../shared/redis/client/connect.ts';

// A process that tells people of rollouts, from the first line on its input until it is killed: URL and prefix are its
// arguments.
const [url = '', prefix = ''] = process.argv.slice(2);
const redis = await connectRedis(url, { role: 'worker', name: prefix });
const onError = () => {};
const queues = new Queues(redis, prefix, onError);
const log = { info: onError, warn: onError, error: onError };
const clock = {
  now: () => Date.now(),
  sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, signal ? { signal } : {}),
};
process.stdin.once('data', () => {
  startNotify(
    { store: new RedisStore(redis, prefix), clock, log, queues, signal: new AbortController().signal },
    {
      outbox: new RedisOutbox(redis, prefix),
      notifyQueue: new NotifyQueue(redis, prefix, onError),
      notifier: openNotifier(secretOf),
      random: Math.random,
      pace: { lookMs: 30, leaseMs: 400, backoffMs: 10, backoffMaxMs: 50 },
    },
    redis,
    300,
  );
});
process.stdout.write('ready\n');
