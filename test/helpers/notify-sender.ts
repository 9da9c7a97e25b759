import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startNotify } from '../../services/scheduler/wire/notify.ts';
import { RedisOutbox } from '../../shared/journal/outbox.ts';
import { RedisStore } from '../../shared/journal/store.ts';
import { openNotifier } from '../../shared/notify/open.ts';
import type { Attempt, Notifier } from '../../shared/ports/notifier.ts';
import { secretOf } from '../../shared/probes/secrets.ts';
import { NotifyQueue } from '../../shared/queue/notify-queue.ts';
import { Queues } from '../../shared/queue/queues.ts';
import { connectRedis } from '../../shared/redis/client/connect.ts';

// A process that tells people of rollouts, from the first line on its input until it is killed: URL and prefix are its
// arguments. It prints a line when it is ready, and at once of the turn in which a message's end leaves and is marked:
// `begins ID`, `ends ID`; `is late ID`: the mark was made in a later turn.
const [url = '', prefix = ''] = process.argv.slice(2);
const redis = await connectRedis(url, { role: 'worker', name: prefix });
const onError = () => {};
const queues = new Queues(redis, prefix, onError);
const log = { info: onError, warn: onError, error: onError };
const clock = {
  now: () => Date.now(),
  sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, signal ? { signal } : {}),
};

const tell = (what: string, id: string) => writeSync(1, `${what} ${id}\n`);

function told(attempt: Attempt): Attempt {
  const { id, signal } = attempt;
  let isTurn = false;
  return {
    id,
    signal,
    mayLeave: async () => {
      await attempt.mayLeave();
      isTurn = true;
      tell('begins', id);
      setImmediate(() => {
        isTurn = false;
      });
    },
    hasLeft: () => {
      attempt.hasLeft();
      tell(isTurn ? 'ends' : 'is late', id);
    },
  };
}

const real = openNotifier(secretOf);
const notifier: Notifier = { send: (target, message, attempt) => real.send(target, message, told(attempt)) };
process.stdin.once('data', () => {
  startNotify(
    { store: new RedisStore(redis, prefix), clock, log, queues, signal: new AbortController().signal },
    {
      outbox: new RedisOutbox(redis, prefix),
      notifyQueue: new NotifyQueue(redis, prefix, onError),
      notifier,
      random: Math.random,
      pace: { lookMs: 30, leaseMs: 400, backoffMs: 10, backoffMaxMs: 50 },
    },
    redis,
    300,
  );
});
process.stdout.write('ready\n');
