import { workMarkOf } from '../../shared/domain/facts.ts';
import { failureOf } from '../../shared/domain/failure.ts';
import type { PlanCluster } from '../../shared/domain/plan.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { ClusterApi, LeaseView } from '../../shared/ports/cluster.ts';
import type { ClusterConnector } from '../../shared/ports/connect.ts';
import { clusterLeaseHolder, LEASE_NAME } from '../common/cluster-lease.ts';
import type { Holder } from '../common/node-lease.ts';

const DURATION_SECONDS = 60;
const RENEW_AFTER_MS = 15_000;
/** An answer is good for this long to those who decide by it. */
const SHARED_FOR_MS = 2_000;

/** What was heard of a Lease last. */
interface Answer {
  readonly since: number;
  pending: boolean;
  readonly obstacle: Promise<string | null>;
}

/**
 * The Lease of each cluster: ownership that two installations with two Redises both see. No time-out alone frees it:
 * an expired one is taken only when no Node carries its holder's mark any more.
 */
export class Leases {
  readonly #connect: ClusterConnector;
  readonly #clock: Clock;
  readonly #answers = new Map<string, Answer>();

  constructor(connect: ClusterConnector, clock: Clock) {
    this.#connect = connect;
    this.#clock = clock;
  }

  /**
   * Takes or renews it. Returns why it cannot be ours; null: it is ours (or there is no Kubernetes). Never rejects.
   * `takeOver`: a person's word to take it whoever has it.
   */
  hold(cluster: PlanCluster, holder: Holder, signal: AbortSignal, takeOver = false): Promise<string | null> {
    return this.#fresh(cluster, holder, signal, takeOver, SHARED_FOR_MS);
  }

  /** Renews it in time, for clusters nobody asks about now. Never rejects. */
  async keep(cluster: PlanCluster, holder: Holder, signal: AbortSignal): Promise<void> {
    await this.#fresh(cluster, holder, signal, false, RENEW_AFTER_MS);
  }

  #fresh(
    cluster: PlanCluster,
    holder: Holder,
    signal: AbortSignal,
    takeOver: boolean,
    maxAgeMs: number,
  ): Promise<string | null> {
    const key = `${cluster.name} ${clusterLeaseHolder(holder)}`;
    const now = this.#clock.now();
    const known = this.#answers.get(key);
    // An age below zero: the clock was set back.
    const age = known ? now - known.since : -1;
    if (known && (known.pending || (age >= 0 && age < maxAgeMs))) return known.obstacle;
    const obstacle = this.#hold(cluster, holder, signal, takeOver)
      .catch((error: unknown) => `its Lease cannot be read or written: ${failureOf(error).message}`)
      .finally(() => {
        answer.pending = false;
      });
    const answer: Answer = { since: now, pending: true, obstacle };
    this.#answers.set(key, answer);
    return obstacle;
  }

  /** Gives it up if it is ours. */
  async release(cluster: PlanCluster, holder: Holder, signal: AbortSignal): Promise<void> {
    this.#answers.delete(`${cluster.name} ${clusterLeaseHolder(holder)}`);
    if (!cluster.kubernetes) return;
    const api = this.#connect(cluster.name, cluster.kubernetes);
    const namespace = cluster.policy.leaseNamespace;
    const lease = await api.getLease(namespace, LEASE_NAME, signal);
    if (lease?.holder !== clusterLeaseHolder(holder)) return;
    const given = { holder: null, durationSeconds: DURATION_SECONDS, expected: lease.resourceVersion };
    await api.putLease(namespace, LEASE_NAME, given, signal);
  }

  async #hold(cluster: PlanCluster, holder: Holder, signal: AbortSignal, takeOver: boolean): Promise<string | null> {
    if (!cluster.kubernetes) return null;
    const api = this.#connect(cluster.name, cluster.kubernetes);
    const namespace = cluster.policy.leaseNamespace;
    const lease = await api.getLease(namespace, LEASE_NAME, signal);
    const ours = clusterLeaseHolder(holder);
    if (lease && lease.holder !== null && lease.holder !== '' && lease.holder !== ours) {
      const obstacle = takeOver ? null : await this.#stillTheirs(api, lease, signal);
      if (obstacle) return obstacle;
    } else if (lease?.holder === ours && !this.#isOld(lease)) {
      return null;
    }
    const taken = { holder: ours, durationSeconds: DURATION_SECONDS, expected: lease?.resourceVersion ?? null };
    const written = await api.putLease(namespace, LEASE_NAME, taken, signal);
    if (written) return null;
    const now = await api.getLease(namespace, LEASE_NAME, signal);
    return now?.holder === ours ? null : `its Lease ${namespace}/${LEASE_NAME} was just taken by ${now?.holder}`;
  }

  #isOld(lease: LeaseView): boolean {
    // A time far in the future was written by a clock that was wrong.
    return lease.renewedAtMs === null || Math.abs(this.#clock.now() - lease.renewedAtMs) > RENEW_AFTER_MS;
  }

  async #stillTheirs(api: ClusterApi, lease: LeaseView, signal: AbortSignal): Promise<string | null> {
    const expiresAtMs = (lease.renewedAtMs ?? 0) + (lease.durationSeconds ?? DURATION_SECONDS) * 1000;
    if (this.#clock.now() < expiresAtMs) return `its Lease is held by ${lease.holder} (installation/rollout)`;
    const [installation, rollout] = (lease.holder ?? '').split('/');
    const marked = (await api.listNodes(signal)).filter(node => {
      const mark = workMarkOf(node.annotations);
      return mark === 'unreadable' || (mark?.installation === installation && mark?.rollout === rollout);
    });
    if (marked.length === 0) return null;
    const names = marked.map(node => node.name).join(', ');
    return `its Lease was left by ${lease.holder} (installation/rollout), whose mark is still on ${names}`;
  }
}
