import type { Redis } from 'ioredis';
import type { NodeFlag } from '../../../shared/domain/node-record.ts';
import { type Plan, type PlanNode, planClusters, planNodes } from '../../../shared/domain/plan.ts';
import { RedisStore } from '../../../shared/journal/store.ts';
import type { Advance, StepRef } from '../../../shared/ports/engine-store.ts';
import { Twins } from './compare.ts';
import { treeOf } from './tree.ts';

/** A worker's visit of a step: what it was told at its begin. It may go on long after another has taken over. */
export interface VisitOfStep {
  readonly ref: StepRef;
  readonly epoch: number;
  readonly attempt: number;
  readonly flag: NodeFlag;
}

/** A slot as somebody knew it once; it may have been retired since. */
export interface KnownSlot {
  readonly cluster: string;
  readonly wave: number;
  readonly slot: string;
}

/** One rollout on the real store, and what those who act on it know. */
export class StoreWorld {
  readonly id: string;
  readonly plan: Plan;
  readonly store: RedisStore;
  readonly nodes: readonly PlanNode[];
  readonly tree: readonly Advance[];
  readonly slots: KnownSlot[] = [];
  readonly visits: VisitOfStep[] = [];
  /** Node → the epoch given out last. */
  readonly newest = new Map<string, number>();
  readonly #twins: Twins;

  constructor(redis: Redis, prefix: string, id: string, plan: Plan) {
    this.id = id;
    this.plan = plan;
    this.store = new RedisStore(redis, prefix);
    this.nodes = planNodes(plan);
    this.tree = treeOf(plan);
    this.#twins = new Twins(redis, prefix, id, plan);
  }

  /** Creates the rollout and opens its first wave. */
  async begin(): Promise<void> {
    const created = await this.store.create(this.id, this.plan, 'tester', false);
    if (!created.ok) throw new Error(`${created.cluster} is held by ${created.holder}`);
    for (const advance of this.tree.slice(0, 4)) await this.advance(advance);
    await this.agree();
  }

  /** Throws when a rule is broken, or when state and journal tell different stories. */
  async agree(): Promise<void> {
    await this.#twins.agree();
  }

  /** As the scheduler does it: an open wave gets its slots. */
  async advance(advance: Advance): Promise<{ ok: boolean; first?: boolean }> {
    const answer = await this.store.advance(this.id, advance);
    if (answer.ok && advance.kind === 'wave-open') await this.openSlots(advance.cluster ?? '', advance.wave ?? 0);
    return answer;
  }

  async openSlots(cluster: string, wave: number): Promise<void> {
    const { ids } = await this.store.openSlots(this.id, cluster, wave, `${cluster}-${wave}-s`);
    for (const slot of ids) {
      if (!this.slots.some(known => known.slot === slot)) this.slots.push({ cluster, wave, slot });
    }
  }

  /** The waves there are, as places. */
  places(): { cluster: string; wave: number }[] {
    return planClusters(this.plan).flatMap(cluster =>
      cluster.waves.map(wave => ({ cluster: cluster.name, wave: wave.index })),
    );
  }
}
