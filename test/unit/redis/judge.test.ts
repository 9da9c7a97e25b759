import { expect, test } from 'vitest';
import { parseInfo } from '../../../shared/redis/client/check.ts';
import { judgeServer } from '../../../shared/redis/client/judge.ts';

const good = {
  redis_version: '7.2.4',
  redis_mode: 'standalone',
  role: 'master',
  maxmemory_policy: 'noeviction',
  aof_enabled: '1',
  appendfsync: 'always',
};

test('nothing speaks against a careful server', () => {
  expect(judgeServer(good)).toEqual({ server: 'Redis 7.2.4', refused: [], warnings: [] });
});

test.each([
  [{ redis_version: '4.0.14' }, 'Redis 4.0.14 is too old'],
  [{ role: 'slave' }, 'read-only replica'],
  [{ redis_mode: 'cluster' }, 'Redis Cluster'],
  [{ redis_mode: 'sentinel' }, 'redis+sentinel://'],
  [{ maxmemory_policy: 'allkeys-lru' }, 'maxmemory-policy is allkeys-lru'],
  [{ maxmemory_policy: 'allkeys-random' }, 'maxmemory-policy is allkeys-random'],
])('refuses %j', (fields, why) => {
  const verdict = judgeServer({ ...good, ...fields });
  expect(verdict.refused).toEqual([expect.stringContaining(why)]);
});

test.each([
  [{ redis_version: '6.0.16' }, 'Redis 6.0.16 is old'],
  [{ redis_version: undefined }, 'does not tell its version'],
  [{ dragonfly_version: '1.0' }, 'Dragonfly 1.0 is untested'],
  [{ maxmemory_policy: 'volatile-ttl' }, 'maxmemory-policy is volatile-ttl'],
  [{ aof_enabled: '0' }, 'appendonly is off'],
  [{ appendfsync: 'everysec' }, 'appendfsync is everysec'],
  [{ appendfsync: undefined }, 'appendfsync cannot be read'],
])('warns of %j', (fields, why) => {
  const verdict = judgeServer({ ...good, ...fields });
  expect(verdict).toMatchObject({ refused: [], warnings: [expect.stringContaining(why)] });
});

test('all that is wrong is said at once', () => {
  const verdict = judgeServer({
    ...good,
    redis_version: '3.2.0',
    role: 'slave',
    maxmemory_policy: 'allkeys-lfu',
    aof_enabled: '0',
  });
  expect(verdict.refused).toHaveLength(3);
  expect(verdict.warnings).toHaveLength(1);
});

test('the version a Valkey shows for old clients is not judged', () => {
  expect(judgeServer({ ...good, valkey_version: '8.1.0', redis_version: '4.0.0' })).toMatchObject({
    server: 'Valkey 8.1.0',
    refused: [],
  });
});

test('INFO text becomes fields', () => {
  expect(parseInfo('# Server\r\nredis_version:7.0.15\r\n\r\nexecutable:/a:b\r\n')).toEqual({
    redis_version: '7.0.15',
    executable: '/a:b',
  });
});
