import type { StepError } from '../../domain/failure.ts';
import { fail } from '../../domain/failures/catalogue.ts';
import { redactUrl } from './redact.ts';
import { type RedisTarget, SETTINGS, type SettingName, type TargetSettings } from './target.ts';

/** scheme, user part, rest up to the query, query */
const FORM = /^([a-z][a-z+]*):\/\/(?:([^@/]*)@)?([^?#]*)(?:\?([^#]*))?$/i;
const DEFAULT_PORT = 6379;
const DEFAULT_SENTINEL_PORT = 26379;

/**
 * Reads a Redis URL: `redis://[user:password@]host[:port][/db]`, `rediss://` the same with TLS, `unix:///path[?db=n]` or a
 * plain `/path`, and `redis+sentinel://[user:password@]host[:port],host[:port]/group[/db]` (`rediss+sentinel://` with TLS).
 * Unescaped reserved letters in user or password must be percent-encoded.
 * @throws redis-url-invalid, never showing the password
 */
export function parseRedisUrl(text: string): RedisTarget {
  if (text.startsWith('/')) return parseRedisUrl(`unix://${text}`);
  const match = FORM.exec(text.trim());
  if (match === null) throw invalid(text, 'it has not the form scheme://[user:password@]place');
  const [, scheme = '', user, place = '', query = ''] = match;
  // Else a piece of the password would be taken for the host, and shown in a message about it.
  // Only a socket's path, with no user before it, may hold an @.
  const stray = user === undefined && place.startsWith('/') ? /:.*@/ : /@/;
  if (stray.test(`${place}?${query}`)) throw invalid(text, 'write @ / ? # of a password as %40 %2F %3F %23');
  const tls = scheme.toLowerCase().startsWith('rediss');
  const { db: queryDb, ...settings } = readQuery(text, query);
  const common = { tls, ...readUser(text, user), settings };
  const [hosts = '', ...path] = place.split('/');
  switch (scheme.toLowerCase()) {
    case 'redis':
    case 'rediss':
      if (path.length > 1) throw invalid(text, 'after the host comes at most /db');
      return {
        ...common,
        at: { kind: 'tcp', ...readHost(text, hosts || 'localhost', DEFAULT_PORT) },
        db: readDb(text, path[0] || queryDb),
      };
    case 'unix':
    case 'redis+unix':
      if (hosts !== '' || path.join('') === '') throw invalid(text, 'a socket needs an absolute path: unix:///path');
      return { ...common, at: { kind: 'socket', path: decode(text, `/${path.join('/')}`) }, db: readDb(text, queryDb) };
    case 'redis+sentinel':
    case 'rediss+sentinel': {
      const [group = '', db, ...more] = path;
      if (group === '' || more.length > 0) throw invalid(text, 'after the sentinels comes /group or /group/db');
      const sentinels = hosts.split(',').map(host => readHost(text, host, DEFAULT_SENTINEL_PORT));
      return {
        ...common,
        at: { kind: 'sentinel', sentinels, group: decode(text, group) },
        db: readDb(text, db || queryDb),
      };
    }
    default:
      throw invalid(text, `the scheme ${scheme}:// is unknown`);
  }
}

function readUser(text: string, user: string | undefined): { username?: string; password?: string } {
  if (user === undefined || user === '') return {};
  const colon = user.indexOf(':');
  const name = decode(text, colon === -1 ? user : user.slice(0, colon));
  const password = colon === -1 ? '' : decode(text, user.slice(colon + 1));
  return { ...(name === '' ? {} : { username: name }), ...(password === '' ? {} : { password }) };
}

function readHost(text: string, host: string, defaultPort: number): { host: string; port: number } {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]\s]+)(?::(\d+))?$/i.exec(host);
  if (match === null) throw invalid(text, `${JSON.stringify(host)} is no host:port`);
  const port = match[2] === undefined ? defaultPort : Number(match[2]);
  if (port < 1 || port > 65_535) throw invalid(text, `${port} is no port`);
  return { host: (match[1] ?? '').replace(/^\[|\]$/g, ''), port };
}

function readDb(text: string, db: string | undefined): number {
  if (db === undefined || db === '') return 0;
  if (!/^\d{1,5}$/.test(db)) throw invalid(text, `${JSON.stringify(db)} is no database number`);
  return Number(db);
}

function readQuery(text: string, query: string): TargetSettings & { db?: string } {
  const found: Partial<Record<SettingName | 'db', string>> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (name !== 'db' && !(name in SETTINGS)) {
      throw invalid(text, `the parameter ${name} is unknown; known are db, ${Object.keys(SETTINGS).join(', ')}`);
    }
    found[name as SettingName | 'db'] = value;
  }
  return found;
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid(text, 'a % is not followed by two hexadecimal digits');
  }
}

function invalid(text: string, why: string): StepError {
  return fail('redis-url-invalid', { message: `${redactUrl(text)} is no Redis URL: ${why}` });
}
