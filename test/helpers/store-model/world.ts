import type { Redis } from 'ioredis';
import { expect } from 'vitest';
import { startInvariants } from '../../../shared/domain/invariants.ts';
import type { NodeFlag } from '../../../shared/domain/node-record.ts';
import { type Plan, type PlanNode, planClusters, planNodes } from '../../../shared/domain/plan.ts';
import { RedisStore } from '../../../shared/journal/store.ts';
import type { Advance, EngineStore, StepRef } from '../../../shared/ports/engine-store.ts';
import { Twins } from './compare.ts';
import { PureStore } from './pure/store.ts';
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

/** What of the store is modelled. */
export type ModelStore = Pick<
  EngineStore,
  | 'create'
  | 'meta'
  | 'now'
  | 'hasMark'
  | 'advance'
  | 'openWave'
  | 'openSlots'
  | 'claim'
  | 'pending'
  | 'node'
  | 'nodes'
  | 'holdings'
  | 'finished'
  | 'begin'
  | 'report'
  | 'stalled'
  | 'waiting'
  | 'command'
  | 'events'
>;

/** One rollout on a store, and what those who act on it know. */
export class StoreWorld {
  readonly id: string;
  readonly plan: Plan;
  readonly store: ModelStore;
  readonly nodes: readonly PlanNode[];
  readonly tree: readonly Advance[];
  readonly slots: KnownSlot[] = [];
  readonly visits: VisitOfStep[] = [];
  /** Node → the epoch given out last. */
  readonly newest = new Map<string, number>();
  /** Throws when a rule is broken, or when state and journal tell different stories. */
  readonly agree: () => Promise<void>;

  constructor(store: ModelStore, id: string, plan: Plan, agree: () => Promise<void>) {
    this.store = store;
    this.id = id;
    this.plan = plan;
    this.agree = agree;
    this.nodes = planNodes(plan);
    this.tree = treeOf(plan);
  }

  /** A world on the real store. */
  static real(redis: Redis, prefix: string, id: string, plan: Plan): StoreWorld {
    const twins = new Twins(redis, prefix, id, plan);
    return new StoreWorld(new RedisStore(redis, prefix), id, plan, () => twins.agree());
  }

  /** A world in memory: every rule is checked after every event. */
  static pure(id: string, plan: Plan): StoreWorld {
    const store = new PureStore();
    const rules = startInvariants(plan);
    let seen = 0;
    return new StoreWorld(store, id, plan, async () => {
      const events = await store.events(id, String(seen));
      seen += events.length;
      for (const event of events) expect(rules.apply(event), JSON.stringify(event)).toEqual([]);
    });
  }

  /** Creates the rollout and opens its first wave. */
  async begin(): Promise<void> {
    const created = await this.store.create(this.id, this.plan, 'tester', false);
    if (!created.ok) throw new Error(`${created.cluster} is held by ${created.holder}`);
    for (const advance of this.tree.slice(0, 4)) await this.advance(advance);
    await this.agree();
  }

  /** As the scheduler does it: an open wave gets its slots. */
  async advance(advance: Advance): Promise<{ ok: boolean; first?: boolean }> {
    const answer = await this.store.advance(this.id, advance);
    if (answer.ok && advance.kind === 'wave-open') await this.openSlots(advance.cluster ?? '', advance.wave ?? 0);
    return answer;
  }

  async openSlots(cluster: string, wave: number): Promise<void> {
    const { ids } = await this.store.openSlots(this.id, cluster, wave, `${cluster}-${wave}-s`);
    for (const slot of ids.toSorted()) {
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
