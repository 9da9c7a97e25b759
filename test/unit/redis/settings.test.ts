import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectionOptions } from '../../../shared/redis/client/options.ts';
import { readRedisSettings } from '../../../shared/redis/client/settings.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nodetide-settings-'));
  await writeFile(join(dir, 'password'), 'from file\n');
  await writeFile(join(dir, 'ca.pem'), 'CA');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('the password: URL before file before environment', async () => {
  const env = { REDIS_PASSWORD_FILE: join(dir, 'password'), REDIS_PASSWORD: 'from environment' };
  expect((await readRedisSettings('redis://:from-url@host', env)).password).toBe('from-url');
  expect((await readRedisSettings('redis://host', env)).password).toBe('from file');
  expect((await readRedisSettings('redis://host', { REDIS_PASSWORD: 'x' })).password).toBe('x');
  expect((await readRedisSettings('redis://host', {})).password).toBeUndefined();
});

test('TLS files are read, and only for rediss', async () => {
  const env = { REDIS_CA_FILE: join(dir, 'ca.pem') };
  expect((await readRedisSettings('rediss://host', env)).tls).toEqual({ ca: 'CA' });
  expect((await readRedisSettings('redis://host', env)).tls).toBeUndefined();
});

test('a file that cannot be read is named', async () => {
  const reading = readRedisSettings('rediss://host?ca=/nowhere/ca.pem', {});
  await expect(reading).rejects.toMatchObject({
    failure: { code: 'redis-url-invalid', message: expect.stringContaining('/nowhere/ca.pem') },
  });
});

test('a worker waits for Redis for ever, a producer does not', async () => {
  const settings = await readRedisSettings('redis://host', {});
  expect(connectionOptions(settings, 'worker')).toMatchObject({ maxRetriesPerRequest: null });
  expect(connectionOptions(settings, 'worker').commandTimeout).toBeUndefined();
  expect(connectionOptions(settings, 'producer')).toMatchObject({ maxRetriesPerRequest: 2, commandTimeout: 5_000 });
});

test('sentinels get their own password and the same certificates', async () => {
  const url = `rediss+sentinel://:pw@a:1,b/group?sentinelPasswordFile=${join(dir, 'password')}&ca=${join(dir, 'ca.pem')}`;
  const settings = await readRedisSettings(url, { REDIS_SENTINEL_USERNAME: 'watcher' });
  expect(connectionOptions(settings, 'worker')).toMatchObject({
    name: 'group',
    password: 'pw',
    sentinelUsername: 'watcher',
    sentinelPassword: 'from file',
    tls: { ca: 'CA' },
    sentinelTLS: { ca: 'CA' },
    enableTLSForSentinelMode: true,
    failoverDetector: true,
  });
});
