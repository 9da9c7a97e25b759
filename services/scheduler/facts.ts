import type { NodeView, PdbView } from '../../shared/domain/facts.ts';
import type { PlanCluster } from '../../shared/domain/plan.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { ClusterConnector } from '../../shared/ports/connect.ts';

/** What was seen of a cluster, and when. */
export interface ClusterFacts {
  /** The store's clock when the asking began. */
  readonly atMs: number;
  readonly nodes: ReadonlyMap<string, NodeView>;
  readonly budgets: readonly PdbView[];
}

/** Slots that ask at the same moment share one answer; it is never older than this. */
const SHARED_FOR_MS = 500;

/** Asks clusters for what gates decide by. */
export class FactsGatherer {
  readonly #connect: ClusterConnector;
  readonly #clock: Clock;
  readonly #storeNow: () => Promise<number>;
  readonly #shared = new Map<string, { since: number; facts: Promise<ClusterFacts> }>();

  constructor(connect: ClusterConnector, clock: Clock, storeNow: () => Promise<number>) {
    this.#connect = connect;
    this.#clock = clock;
    this.#storeNow = storeNow;
  }

  /** Rejects with a StepError when the cluster cannot be asked. A cluster without Kubernetes has nothing to tell. */
  gather(cluster: PlanCluster, signal: AbortSignal): Promise<ClusterFacts> {
    const now = this.#clock.now();
    const known = this.#shared.get(cluster.name);
    // An age below zero: the clock was set back.
    const age = known ? now - known.since : -1;
    if (known && age >= 0 && age < SHARED_FOR_MS) return known.facts;
    const facts = this.#ask(cluster, signal);
    this.#shared.set(cluster.name, { since: now, facts });
    // A failed answer is not shared with those who ask later.
    facts.catch(() => this.#shared.delete(cluster.name));
    return facts;
  }

  async #ask(cluster: PlanCluster, signal: AbortSignal): Promise<ClusterFacts> {
    const atMs = await this.#storeNow();
    if (!cluster.kubernetes) return { atMs, nodes: new Map(), budgets: [] };
    const api = this.#connect(cluster.name, cluster.kubernetes);
    const [nodes, budgets] = await Promise.all([api.listNodes(signal), api.listPdbs(signal)]);
    return { atMs, nodes: new Map(nodes.map(node => [node.name, node])), budgets };
  }
}
