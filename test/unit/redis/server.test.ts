import { expect, test } from 'vitest';
import { parseRedisUrl } from '../../../shared/redis/client/url.ts';
import { chooseAddress } from '../../../shared/redis/server/address.ts';
import { packageNames } from '../../../shared/redis/server/apt.ts';
import { cacheFolder } from '../../../shared/redis/server/cache.ts';
import { serverSettings } from '../../../shared/redis/server/settings-file.ts';

test('the cache folder follows XDG', () => {
  expect(cacheFolder({ XDG_CACHE_HOME: '/x', HOME: '/home/me' })).toBe('/x/nodetide');
  expect(cacheFolder({ XDG_CACHE_HOME: 'relative', HOME: '/home/me' })).toBe('/home/me/.cache/nodetide');
  expect(cacheFolder({ HOME: '/home/me' })).toBe('/home/me/.cache/nodetide');
});

test('a socket while its path fits, else a loopback port with a password', async () => {
  const longest = `/${'d'.repeat(107 - '/redis.sock'.length - 1)}`;
  expect(await chooseAddress(longest)).toMatchObject({ kind: 'socket', path: `${longest}/redis.sock` });
  const loopback = await chooseAddress(`${longest}d`);
  expect(loopback).toMatchObject({ kind: 'loopback', password: expect.stringMatching(/^[0-9a-f]{64}$/) });
  // Bytes count, not letters.
  expect(await chooseAddress(`/${'é'.repeat(60)}`)).toMatchObject({ kind: 'loopback' });
});

test('the URL of a socket leads back to its path', async () => {
  const address = await chooseAddress('/data/a b?#%20é');
  expect(parseRedisUrl(address.url).at).toEqual({ kind: 'socket', path: '/data/a b?#%20é/redis.sock' });
});

test('odd folder names are quoted in the settings', () => {
  const text = serverSettings('/a "b"\\c\nd', { kind: 'socket', path: '/s', url: 'unix:///s' });
  expect(text).toContain('dir "/a \\"b\\"\\\\c\\nd"\n');
  expect(text).toContain('appendfsync always\n');
  expect(text).toContain('maxmemory-policy noeviction\n');
});

test('package names out of what apt would download, without the C library', () => {
  const uris = [
    "'http://deb.example/libjemalloc2_5.3.0-1_amd64.deb' libjemalloc2_5.3.0-1_amd64.deb 275000 MD5Sum:0f56",
    "'http://deb.example/libc6_2.36_amd64.deb' libc6_2.36_amd64.deb 1 SHA256:00",
    "'http://deb.example/redis-tools_7.0.15-1%7edeb12u10_amd64.deb' redis-tools_5%3a7.0.15-1~deb12u10_amd64.deb 991988 ",
  ];
  expect(packageNames(`${uris.join('\n')}\n`)).toEqual(['libjemalloc2', 'redis-tools']);
});
