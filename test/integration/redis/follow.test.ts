import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { RedisStore } from '../../../shared/journal/store.ts';
import { type PrivateRedis, privateRedis } from '../../helpers/redis-private.ts';

/** Follows a journal of one event, which is heard; what comes after it is waited for. */
async function following(server: PrivateRedis) {
  const redis = await server.connect('worker');
  const store = new RedisStore(redis, 'follow');
  await store.tell('r', { type: 'rollout-started' });
  const stop = new AbortController();
  const events = store.follow('r', '', stop.signal)[Symbol.asyncIterator]();
  expect((await events.next()).value).toMatchObject({ type: 'rollout-started' });
  const next = events.next();
  await expect.poll(() => redis.info('clients')).toContain('blocked_clients:1');
  return { stop, next };
}

it('who follows a journal can stop while Redis does not answer', async () => {
  const server = await privateRedis();
  const { stop, next } = await following(server);
  server.signal('SIGSTOP');
  try {
    stop.abort();
    expect((await next).done).toBe(true);
  } finally {
    server.signal('SIGCONT');
  }
}, 20_000);

it('also when Redis went away meanwhile and came back silent', async () => {
  const server = await privateRedis({ restartDelayMs: () => 600_000 });
  const { stop, next } = await following(server);
  const ended = server.next('ended');
  server.signal('SIGKILL');
  await ended;
  const path = server.url.slice('unix://'.length);
  await rm(path, { force: true });
  const silent = createServer(socket => socket.on('error', () => {}).resume()).listen(path);
  onTestFinished(() => void silent.close());
  // The connection of the test itself, and that of who follows.
  for (let seen = 0; seen < 2; seen++) await once(silent, 'connection');
  stop.abort();
  expect((await next).done).toBe(true);
}, 20_000);
