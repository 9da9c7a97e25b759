import type { Redis } from 'ioredis';
import { splitNodeKey } from '../domain/names.ts';
import type { NodeRecord } from '../domain/node-record.ts';
import { type Plan, planClusters } from '../domain/plan.ts';
import type { RetentionStore, RolloutParts } from '../ports/retention.ts';
import { storeKeys } from './keys.ts';

/** KEYS: 1 meta, 2 rollouts, 3 retired. ARGV: 1 the id. Only what has ended is taken; else it answers 0. */
const RETIRE = `
local state = redis.call('HGET', KEYS[1], 'state')
if state ~= 'done' and state ~= 'aborted' then return 0 end
redis.call('SADD', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return 1
`;

/** The same on Redis: see {@link RetentionStore}. Keys begin with `prefix`. */
export class RedisRetention implements RetentionStore {
  readonly #redis: Redis;
  readonly #keys: ReturnType<typeof storeKeys>;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#keys = storeKeys(prefix);
  }

  async retire(id: string): Promise<boolean> {
    const { rollouts, retired } = this.#keys;
    return (await this.#redis.eval(RETIRE, 3, this.#keys.rollout(id).meta, rollouts, retired, id)) === 1;
  }

  retired(): Promise<string[]> {
    return this.#redis.smembers(this.#keys.retired);
  }

  async parts(id: string): Promise<RolloutParts> {
    const { plan: planKey, meta: metaKey, nodes: nodesKey } = this.#keys.rollout(id);
    const [text, meta, nodes] = await Promise.all([
      this.#redis.get(planKey),
      this.#redis.hgetall(metaKey),
      this.#redis.hgetall(nodesKey),
    ]);
    const clusters = text === null ? [] : planClusters(JSON.parse(text) as Plan);
    return {
      clusters: clusters.map(({ name }) => name),
      waves: clusters.flatMap(({ name: cluster, waves }) =>
        waves.map(({ index: wave }) => ({ cluster, wave, slots: Number(meta[`slotSeq:${cluster}/${wave}`] ?? 0) })),
      ),
      nodes: Object.entries(nodes).map(([key, record]) => ({
        ...splitNodeKey(key),
        rounds: (JSON.parse(record) as NodeRecord).round,
      })),
    };
  }

  async forget(id: string): Promise<void> {
    const { sets, ...keys } = this.#keys.rollout(id);
    const { clusters, waves } = await this.parts(id);
    const proven = await this.#redis.smembers(`${sets}proven`);
    const own = [
      ...Object.values(keys),
      ...['approvals', 'proven', ...proven.map(place => `proven:${place}`)].map(name => sets + name),
      ...clusters.map(cluster => `${sets}claimed:${cluster}`),
      ...waves.flatMap(({ cluster, wave }) => ['pending', 'slots'].map(name => `${sets}${name}:${cluster}/${wave}`)),
    ];
    await this.#redis
      .multi()
      .unlink(...own)
      .srem(this.#keys.retired, id)
      .exec();
  }
}
