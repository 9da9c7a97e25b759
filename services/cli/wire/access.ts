import type { RedisConnection } from './open-redis.ts';

/** What log-ins, wrong ones and the audit log are kept in. */
export async function openAccess(connection: RedisConnection, prefix: string) {
  const [{ RedisSessionStore }, { RedisAuditLog }, { storeKeys }] = await Promise.all([
    import('../../../shared/journal/session-store.ts'),
    import('../../../shared/journal/audit-log.ts'),
    import('../../../shared/journal/keys.ts'),
  ]);
  return {
    sessions: new RedisSessionStore(connection, prefix),
    audit: new RedisAuditLog(connection, prefix),
    attempts: { redis: connection, prefix: storeKeys(prefix).attempts },
  };
}
