import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redactUrl } from '../../../shared/redis/client/redact.ts';
import { parseRedisUrl } from '../../../shared/redis/client/url.ts';

const plain = { tls: false, db: 0, settings: {} };

test.each([
  ['redis://host', { ...plain, at: { kind: 'tcp', host: 'host', port: 6379 } }],
  ['redis://', { ...plain, at: { kind: 'tcp', host: 'localhost', port: 6379 } }],
  ['redis://host:7000/3', { ...plain, at: { kind: 'tcp', host: 'host', port: 7000 }, db: 3 }],
  ['REDIS://host?db=4', { ...plain, at: { kind: 'tcp', host: 'host', port: 6379 }, db: 4 }],
  ['redis://[::1]:7000', { ...plain, at: { kind: 'tcp', host: '::1', port: 7000 } }],
  ['redis://:p%40ss@host', { ...plain, at: { kind: 'tcp', host: 'host', port: 6379 }, password: 'p@ss' }],
  ['redis://me:a:b@host', { ...plain, at: { kind: 'tcp', host: 'host', port: 6379 }, username: 'me', password: 'a:b' }],
  [
    'rediss://host/?ca=/etc/ca.pem&servername=other',
    {
      ...plain,
      tls: true,
      at: { kind: 'tcp', host: 'host', port: 6379 },
      settings: { ca: '/etc/ca.pem', servername: 'other' },
    },
  ],
  ['/home/me@there/redis.sock', { ...plain, at: { kind: 'socket', path: '/home/me@there/redis.sock' } }],
  ['/run/redis.sock', { ...plain, at: { kind: 'socket', path: '/run/redis.sock' } }],
  ['unix:///run/a%20b/redis.sock?db=2', { ...plain, at: { kind: 'socket', path: '/run/a b/redis.sock' }, db: 2 }],
  ['unix://:secret@/run/redis.sock', { ...plain, at: { kind: 'socket', path: '/run/redis.sock' }, password: 'secret' }],
  [
    'redis+sentinel://:pw@a:1,b,[::1]:3/group/5',
    {
      ...plain,
      at: {
        kind: 'sentinel',
        group: 'group',
        sentinels: [
          { host: 'a', port: 1 },
          { host: 'b', port: 26379 },
          { host: '::1', port: 3 },
        ],
      },
      db: 5,
      password: 'pw',
    },
  ],
  [
    'rediss+sentinel://a/group',
    { ...plain, tls: true, at: { kind: 'sentinel', group: 'group', sentinels: [{ host: 'a', port: 26379 }] } },
  ],
])('%s', (url, target) => {
  expect(parseRedisUrl(url)).toEqual(target);
});

test.each([
  ['', 'has not the form'],
  ['host:6379', 'has not the form'],
  ['http://host', 'scheme http:// is unknown'],
  ['redis://host:0', '0 is no port'],
  ['redis://host:70000', '70000 is no port'],
  ['redis://host:x', 'is no host:port'],
  ['redis://host/x', '"x" is no database number'],
  ['redis://host/1/2', 'at most /db'],
  ['redis://host?tls=true', 'parameter tls is unknown'],
  ['redis://:%zz@host', 'two hexadecimal digits'],
  ['unix://run/redis.sock', 'absolute path'],
  ['redis+sentinel://a,b', '/group'],
  ['redis+sentinel://a,,b/group', 'is no host:port'],
])('refuses %j', (url, why) => {
  expect(() => parseRedisUrl(url)).toThrow(
    expect.objectContaining({
      failure: expect.objectContaining({ code: 'redis-url-invalid', message: expect.stringContaining(why) }),
    }),
  );
});

test('user, password and socket path survive their encoding', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 });
  fc.assert(
    fc.property(text, text, (username, password) => {
      const url = `redis://${encodeURIComponent(username)}:${encodeURIComponent(password)}@host:1/2`;
      expect(parseRedisUrl(url)).toMatchObject({ username, password, db: 2 });
    }),
  );
});

test('no message and no redacted text shows a password, however badly the URL is written', () => {
  // Letters that occur nowhere else, and the reserved ones that people forget to escape.
  const password = fc
    .tuple(fc.constantFrom('', '/', '?', '#', '@', ':', '%', '&', '=', '+', ','), fc.constantFrom('', '/', '@', '%zz'))
    .map(([a, b]) => `QZ${a}XJ${b}KW`);
  const place = fc.constantFrom('host', 'host:99999', 'host/x', 'a,b/group', '', 'host?nope=1');
  const scheme = fc.constantFrom('redis', 'rediss', 'redis+sentinel', 'unix', 'http');
  fc.assert(
    fc.property(scheme, password, place, (head, secret, tail) => {
      const url = `${head}://me:${secret}@${tail}`;
      const shown = [redactUrl(url), redactUrl(`run --redis ${url} now`)];
      try {
        parseRedisUrl(url);
      } catch (error) {
        shown.push(String(error));
      }
      for (const text of shown) expect(text).not.toMatch(/QZ|XJ|KW/);
    }),
    { numRuns: 1000 },
  );
});

test('redacting keeps what helps', () => {
  expect(redactUrl('rediss://me:secret@host:1/2?ca=/x')).toBe('rediss://me:***@host:1/2?ca=/x');
  expect(redactUrl('redis://host')).toBe('redis://host');
  expect(redactUrl('unix:///run/x?sentinelPassword=abc&db=1')).toBe('unix:///run/x?sentinelPassword=***&db=1');
});
