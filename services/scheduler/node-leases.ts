import { nodeKey } from '../../shared/domain/names.ts';
import { findPlanNode, type Plan, planClusters } from '../../shared/domain/plan.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { ClusterConnector } from '../../shared/ports/connect.ts';
import { type Holder, keepNodeLease, type NodeLease, nodeLeaseOf } from '../common/node-lease.ts';

/** After trouble, or as long as an answer is awaited. */
const AGAIN_MS = 15_000;
/** No Lease is looked at less often. */
const MOST_MS = 60_000;

/** Renews the Leases of nodes that are away, also of those whose steps wait for a person. Takes none. */
export class NodeLeases {
  readonly #connect: ClusterConnector;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #dueMs = new Map<string, number>();

  constructor(connect: ClusterConnector, clock: Clock, signal: AbortSignal) {
    this.#connect = connect;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Not waited for, and never told: a Lease that cannot be renewed lasts for the time of a step and more. */
  keep(plan: Plan, node: string, cluster: string, holder: Holder): void {
    const key = nodeKey(cluster, node);
    const leftMs = (this.#dueMs.get(key) ?? 0) - this.#clock.now();
    // A clock that was set back must not keep it from being renewed.
    if (leftMs > 0 && leftMs <= MOST_MS) return;
    const lease = this.#leaseOf(plan, node, cluster, holder);
    if (!lease) return;
    this.#dueMs.set(key, this.#clock.now() + AGAIN_MS);
    keepNodeLease(lease, this.#clock.now(), this.#signal).then(
      ms => this.#dueMs.set(key, this.#clock.now() + ms),
      () => {},
    );
  }

  #leaseOf(plan: Plan, name: string, cluster: string, holder: Holder): NodeLease | null {
    const planned = planClusters(plan).find(each => each.name === cluster);
    const node = findPlanNode(plan, cluster, name);
    if (!planned?.kubernetes || !node?.kubernetes || !planned.policy.nodeLease) return null;
    const api = this.#connect(cluster, planned.kubernetes);
    return nodeLeaseOf(api, planned.policy, { name, uid: node.kubernetes.uid }, holder);
  }
}
