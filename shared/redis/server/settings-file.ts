import type { ServerAddress } from './address.ts';

/**
 * The settings of the embedded server as redis.conf text. Each acknowledged write is on the disk, and nothing is ever evicted;
 * only options that Redis 5 and Valkey know.
 */
export function serverSettings(dir: string, address: ServerAddress): string {
  const listen =
    address.kind === 'socket'
      ? ['port 0', `unixsocket ${quote(address.path)}`, 'unixsocketperm 700']
      : ['bind 127.0.0.1', `port ${address.port}`, `requirepass ${quote(address.password)}`];
  return [
    ...listen,
    `dir ${quote(dir)}`,
    'protected-mode yes',
    'daemonize no',
    'appendonly yes',
    'appendfsync always',
    // Else writes are not synced while the log is rewritten.
    'no-appendfsync-on-rewrite no',
    // A command cut off by a crash was never acknowledged.
    'aof-load-truncated yes',
    'save ""',
    'maxmemory-policy noeviction',
    'loglevel notice',
    'logfile ""',
    '',
  ].join('\n');
}

/** A word of redis.conf in double quotes. */
function quote(word: string): string {
  return `"${word.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}
