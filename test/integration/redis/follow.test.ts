import { expect, it } from 'vitest';
import { RedisStore } from '../../../shared/journal/store.ts';
import { privateRedis } from '../../helpers/redis-private.ts';

it('who follows a journal can stop while Redis does not answer', async () => {
  const server = await privateRedis();
  const store = new RedisStore(await server.connect('worker'), 'follow');
  await store.tell('r', { type: 'rollout-started' });
  const stop = new AbortController();
  const events = store.follow('r', '', stop.signal)[Symbol.asyncIterator]();
  expect((await events.next()).value).toMatchObject({ type: 'rollout-started' });
  const pid = server.server.pid() ?? 0;
  process.kill(pid, 'SIGSTOP');
  try {
    const next = events.next();
    stop.abort();
    expect((await next).done).toBe(true);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}, 20_000);
