import type { RedisOptions } from 'ioredis';
import type { RedisSettings } from './settings.ts';

/**
 * What a connection is for. `worker`: waits for Redis as long as it takes, as BullMQ's workers and event readers must.
 * `producer`: answers to a person or a request, so a command fails after 5 s rather than hang; whether it was carried out
 * is then unknown.
 */
export type ConnectionRole = 'worker' | 'producer';

const PRODUCER_COMMAND_TIMEOUT_MS = 5_000;
/** A half-dead connection is noticed after this; blocking reads must ask for less (BullMQ: at most 10 s). */
const WORKER_SOCKET_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** What ioredis takes; replies in the same shape on either protocol version. */
export type ClientOptions = RedisOptions & { replyMapping: 'legacy' };

/** The ioredis options of a connection. */
export function connectionOptions(settings: RedisSettings, role: ConnectionRole, name = 'nodetide'): ClientOptions {
  const { target, password } = settings;
  return {
    ...place(settings),
    replyMapping: 'legacy',
    db: target.db,
    ...(target.username === undefined ? {} : { username: target.username }),
    ...(password === undefined ? {} : { password }),
    connectionName: `${name}-${role}`,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: attempt => Math.min(50 * 2 ** Math.min(attempt - 1, 10), 3_000) * (0.75 + Math.random() / 2),
    // A master that became a replica under a connection that outlived it: find the new one, send again.
    reconnectOnError: error => (error.message.startsWith('READONLY') ? 2 : false),
    ...(role === 'worker'
      ? { maxRetriesPerRequest: null, socketTimeout: WORKER_SOCKET_TIMEOUT_MS }
      : { maxRetriesPerRequest: 2, commandTimeout: PRODUCER_COMMAND_TIMEOUT_MS }),
  };
}

function place({ target, sentinelPassword, tls }: RedisSettings): RedisOptions {
  const { at, settings } = target;
  switch (at.kind) {
    case 'socket':
      return { path: at.path };
    case 'tcp':
      return { host: at.host, port: at.port, ...(tls === undefined ? {} : { tls: { ...tls } }) };
    case 'sentinel':
      return {
        sentinels: at.sentinels.map(sentinel => ({ ...sentinel })),
        name: at.group,
        role: 'master',
        // Else a connection to a master that was replaced but still lives would go on writing to it.
        failoverDetector: true,
        ...(settings.sentinelUsername === undefined ? {} : { sentinelUsername: settings.sentinelUsername }),
        ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
        ...(tls === undefined ? {} : { tls: { ...tls }, enableTLSForSentinelMode: true, sentinelTLS: { ...tls } }),
      };
  }
}
