import { randomBytes } from 'node:crypto';
import { type Plan, planClusters, planNodes } from '../../shared/domain/plan.ts';
import { RedisStore } from '../../shared/journal/store.ts';
import type { ClaimAnswer, ClaimRequest } from '../../shared/ports/engine-store.ts';
import type { TestRedis } from './redis.ts';

/** A rollout whose first wave of cluster `a` is open, with its slots. */
export class OpenWave {
  readonly id = `r${randomBytes(4).toString('hex')}`;
  readonly store: RedisStore;
  readonly plan: Plan;

  private constructor(redis: TestRedis, plan: Plan) {
    this.store = new RedisStore(redis.redis, `${redis.prefix}-${this.id}`);
    this.plan = plan;
  }

  static async of(redis: TestRedis, plan: Plan): Promise<OpenWave> {
    const wave = new OpenWave(redis, plan);
    await wave.store.create(wave.id, plan, 'tester', false);
    for (const cluster of plan.stages.flatMap(stage => stage.clusters)) await wave.open(cluster.name, 0);
    return wave;
  }

  async open(cluster: string, index: number): Promise<readonly string[]> {
    const event = { type: 'wave-started', cluster, wave: index } as const;
    const mark = `wave:${cluster}/${index}`;
    await this.store.advance(this.id, { mark, requires: [], kind: 'wave-open', event, cluster, wave: index });
    return this.slots(cluster, index);
  }

  async slots(cluster = 'a', index = 0): Promise<readonly string[]> {
    return (await this.store.openSlots(this.id, cluster, index, `${cluster}${index}s`)).ids.toSorted();
  }

  async claim(slot: string, change: Partial<ClaimRequest> = {}): Promise<ClaimAnswer> {
    const nodes = this.plan.stages.flatMap(stage => stage.clusters).find(each => each.name === 'a')?.waves[0]?.nodes;
    return this.store.claim(this.id, {
      cluster: 'a',
      wave: 0,
      slot,
      give: null,
      settle: [],
      held: [],
      closed: [],
      shut: [],
      candidates: (nodes ?? []).map(node => ({ node: node.name, adopt: false })),
      unavailable: [],
      unavailableControlPlane: [],
      maxUnavailable: 100,
      shortBefore: [],
      factsAtMs: await this.store.now(),
      factsMaxAgeMs: 30_000,
      ...change,
    });
  }

  /** Runs all six steps of a claimed node through the store. */
  async finish(node: string, round = 1): Promise<void> {
    for (const step of ['drain', 'upgrade', 'check-reboot', 'reboot', 'verify', 'uncordon'] as const) {
      const ref = { cluster: 'a', node, round, step };
      const begun = await this.store.begin(this.id, ref, 1);
      if (begun.kind !== 'go') throw new Error(`${step} of ${node}: ${begun.kind}`);
      await this.store.report(this.id, ref, begun.epoch, { outcome: 'done', proof: {}, note: '' });
    }
  }

  async failAt(node: string, step: 'drain', round = 1): Promise<void> {
    const ref = { cluster: 'a', node, round, step };
    const begun = await this.store.begin(this.id, ref, 1);
    if (begun.kind !== 'go') throw new Error(`${step} of ${node}: ${begun.kind}`);
    const failure = { code: 'unexpected', message: 'broken', retryable: false };
    await this.store.report(this.id, ref, begun.epoch, { outcome: 'failed', attempt: 1, failure });
  }

  /** Closes the first wave of cluster `a`, all of whose nodes must be settled. */
  async close(): Promise<void> {
    const place = { cluster: 'a', wave: 0 };
    const keys = this.plan.stages[0]?.clusters[0]?.waves[0]?.nodes.map(node => `a/${node.name}`) ?? [];
    const event = { type: 'wave-done', ...place } as const;
    const advance = { mark: 'wave-done:a/0', requires: [], kind: 'wave-done', event, keys, ...place } as const;
    const answer = await this.store.advance(this.id, advance);
    if (!answer.ok) throw new Error(answer.why);
  }

  /** Ends the rollout, all of whose nodes must be settled. */
  async end(): Promise<void> {
    const event = { type: 'rollout-ended', outcome: 'done' } as const;
    const keys = planNodes(this.plan).map(node => `${node.cluster}/${node.name}`);
    const clusters = planClusters(this.plan).map(cluster => cluster.name);
    const advance = { mark: 'ended', requires: [], kind: 'end', event, keys, clusters } as const;
    const answer = await this.store.advance(this.id, advance);
    if (!answer.ok) throw new Error(answer.why);
  }
}
