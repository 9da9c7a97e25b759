import type { Redis } from 'ioredis';
import type { NodeRecord } from '../domain/node-record.ts';
import { type Plan, planClusters } from '../domain/plan.ts';
import type { RolloutSummary } from '../domain/view/summary.ts';
import type { StoreKeys } from './keys.ts';

type Fixed = Pick<RolloutSummary, 'fleet' | 'clusters'>;

/** Rollouts in short. What cannot change any more is read once: of the plan two words, of one that has ended all. */
export class Summaries {
  readonly #redis: Redis;
  readonly #keys: StoreKeys;
  readonly #plan: (id: string) => Promise<Plan | null>;
  readonly #fixed = new Map<string, Fixed>();
  readonly #ended = new Map<string, RolloutSummary>();

  constructor(redis: Redis, keys: StoreKeys, plan: (id: string) => Promise<Plan | null>) {
    this.#redis = redis;
    this.#keys = keys;
    this.#plan = plan;
  }

  /** In the order in which they were made. */
  async list(): Promise<RolloutSummary[]> {
    const ids = await this.#redis.zrange(this.#keys.rollouts, '0', '-1');
    const there = new Set(ids);
    for (const kept of [this.#fixed, this.#ended]) for (const id of kept.keys()) if (!there.has(id)) kept.delete(id);
    const rows = await Promise.all(ids.map(id => this.#summary(id)));
    return rows.filter(row => row !== null);
  }

  async #summary(id: string): Promise<RolloutSummary | null> {
    const [state, createdAtMs, by, ended] = await this.#redis.hmget(
      this.#keys.rollout(id).meta,
      'state',
      'createdAtMs',
      'by',
      'mark:ended',
    );
    if (typeof state !== 'string') return null;
    const known = this.#ended.get(id);
    // Asked all the same: an older state of the store may have been put back.
    if (known?.state === state) return known;
    const fixed = this.#fixed.get(id) ?? (await this.#readFixed(id));
    if (fixed === null) return null;
    const summary = {
      id,
      ...fixed,
      createdAtMs: Number(createdAtMs),
      endedAtMs: typeof ended === 'string' ? Number(ended) : null,
      by: by ?? '',
      state: state as RolloutSummary['state'],
      nodes: await this.#counts(id),
    };
    if (summary.endedAtMs !== null) this.#ended.set(id, summary);
    return summary;
  }

  async #readFixed(id: string): Promise<Fixed | null> {
    const plan = await this.#plan(id);
    if (plan === null) return null;
    const fixed = { fleet: plan.fleet, clusters: planClusters(plan).map(({ name }) => name) };
    this.#fixed.set(id, fixed);
    return fixed;
  }

  async #counts(id: string): Promise<RolloutSummary['nodes']> {
    const records = (await this.#redis.hvals(this.#keys.rollout(id).nodes)).map(text => JSON.parse(text) as NodeRecord);
    return {
      total: records.length,
      done: records.filter(({ state }) => state === 'done').length,
      failed: records.filter(({ state }) => state === 'failed').length,
    };
  }
}
