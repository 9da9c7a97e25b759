import { type Expected, nodeTakes } from '../../shared/domain/durations/node-takes.ts';
import { type ClusterTimes, kindOf } from '../../shared/domain/durations/times.ts';
import { tookOf } from '../../shared/domain/durations/took.ts';
import type { PlanCluster, PlanNode } from '../../shared/domain/plan.ts';
import { nodeDoneOf } from '../../shared/domain/survey/patched.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { EngineStore } from '../../shared/ports/engine-store.ts';

/** What was read of a cluster holds for this long. */
const KNOWN_FOR_MS = 30_000;
const MOST_REMEMBERED = 10_000;

type Store = Pick<EngineStore, 'roundEvents' | 'keepTimes' | 'keepNodeDone' | 'durations'>;

/** Keeps what nodes took, and says what the next is expected to take. */
export class Durations {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #known = new Map<string, { readonly sinceMs: number; readonly times: Promise<ClusterTimes> }>();
  readonly #kept = new Set<string>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Keeps the times of a node that is done, and when it was, from the journal: whoever does it, and however often, they are kept once. To be
   * called while the slot still holds the node, so that a scheduler that dies leaves it to the next.
   */
  async keep(rollout: string, node: PlanNode, round: number): Promise<void> {
    const id = `${rollout}/${node.name}/${round}`;
    const place = `${node.cluster}/${id}`;
    if (this.#kept.has(place)) return;
    const events = await this.#store.roundEvents(rollout, { cluster: node.cluster, node: node.name, round });
    const took = tookOf(events, round);
    if (took) await this.#store.keepTimes(node.cluster, kindOf(node), { id, ...took });
    const done = nodeDoneOf(events, round);
    if (done) await this.#store.keepNodeDone(node.cluster, node.name, done.atMs, done.patchedAtMs);
    this.#known.delete(node.cluster);
    if (this.#kept.size >= MOST_REMEMBERED) this.#kept.clear();
    this.#kept.add(place);
  }

  /** How much of its window each of these nodes needs. */
  async expected({ name, policy }: PlanCluster, nodes: readonly PlanNode[]): Promise<readonly Expected[]> {
    const times = policy.window.nodeTakesMs === null ? await this.#times(name) : {};
    return nodes.map(node => nodeTakes(policy.window, node, times));
  }

  #times(cluster: string): Promise<ClusterTimes> {
    const known = this.#known.get(cluster);
    const ageMs = known ? this.#clock.now() - known.sinceMs : -1;
    // An age below zero: the clock was set back.
    if (known && ageMs >= 0 && ageMs < KNOWN_FOR_MS) return known.times;
    const times = this.#store.durations(cluster);
    this.#known.set(cluster, { sinceMs: this.#clock.now(), times });
    times.catch(() => this.#known.delete(cluster));
    return times;
  }
}
