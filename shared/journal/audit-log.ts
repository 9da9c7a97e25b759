import type { Redis } from 'ioredis';
import type { AuditEntry, AuditRecord } from '../domain/access/audit.ts';
import type { AuditLog } from '../ports/access.ts';
import { storeKeys } from './keys.ts';

/** About as many entries are kept. */
const MOST = 10_000;

/** The audit log as a stream of Redis: see {@link AuditLog}. */
export class RedisAuditLog implements AuditLog {
  readonly #redis: Redis;
  readonly #key: string;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#key = storeKeys(prefix).audit;
  }

  async add(record: Omit<AuditRecord, 'atMs'>): Promise<void> {
    await this.#redis.xadd(this.#key, 'MAXLEN', '~', MOST, '*', 'j', JSON.stringify(record));
  }

  async list(after: string | null, limit: number): Promise<AuditEntry[]> {
    if (after === null) {
      return (await this.#redis.xrevrange(this.#key, '+', '-', 'COUNT', limit)).map(entryOf).toReversed();
    }
    // Redis before 6.2 knows no open beginning of a range: the entry itself comes along.
    const rows = await this.#redis.xrange(this.#key, after, '+', 'COUNT', limit + 1);
    return rows
      .filter(([id]) => id !== after)
      .slice(0, limit)
      .map(entryOf);
  }
}

function entryOf([id, fields]: [id: string, fields: string[]]): AuditEntry {
  const record = JSON.parse(fields[1] ?? '{}') as Omit<AuditRecord, 'atMs'>;
  return { id, atMs: Number(id.split('-')[0]), ...record };
}
