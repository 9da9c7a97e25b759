import type { Estimate } from '../../../../shared/domain/estimate/estimate.ts';
import type { Plan } from '../../../../shared/domain/plan.ts';
import type { PictureCluster, RolloutPicture } from '../../../../shared/domain/view/picture.ts';
import { pictureClusters, pictureOf } from '../../../../shared/domain/view/picture-of.ts';
import { estimateOf, readTimes, type Times } from '../../../common/estimates.ts';
import type { ApiRollouts } from '../../ports.ts';
import type { StatusCache } from '../status-cache.ts';

/** What nodes took before is read again after this. */
const TIMES_MS = 60_000;
/** An estimate of thousands of nodes is work; people read minutes. */
const ESTIMATE_MS = 2_000;

interface Known {
  readonly atMs: number;
  readonly times: Times;
  readonly clusters: readonly PictureCluster[];
  estimate: Estimate | null;
  /** NaN: none was made. */
  estimatedAtMs: number;
  state: string;
}

/** Rollouts for which that is kept. */
const MOST_KNOWN = 8;

/** Makes pictures of rollouts. */
export class Pictures {
  readonly #rollouts: Pick<ApiRollouts, 'plan' | 'durations' | 'now'>;
  readonly #statuses: StatusCache;
  readonly #known = new Map<string, Known>();

  constructor(rollouts: Pick<ApiRollouts, 'plan' | 'durations' | 'now'>, statuses: StatusCache) {
    this.#rollouts = rollouts;
    this.#statuses = statuses;
  }

  /** A rollout as it stands now; null: no such rollout. Of cells that have not changed the very same objects. */
  async picture(id: string): Promise<RolloutPicture | null> {
    const [plan, status, atMs] = await Promise.all([
      this.#rollouts.plan(id),
      this.#statuses.status(id),
      this.#rollouts.now(),
    ]);
    if (plan === null || status === null) return null;
    const known = await this.#knownOf(id, plan, atMs);
    if (!isFresh(known.estimatedAtMs, atMs, ESTIMATE_MS) || known.state !== status.state) {
      known.estimate = estimateOf(plan, status, known.times, atMs);
      known.estimatedAtMs = atMs;
      known.state = status.state;
    }
    return pictureOf({ atMs, status, clusters: known.clusters, estimate: known.estimate });
  }

  async #knownOf(id: string, plan: Plan, atMs: number): Promise<Known> {
    const before = this.#known.get(id);
    if (before && isFresh(before.atMs, atMs, TIMES_MS)) return before;
    const times = await readTimes(this.#rollouts, plan);
    const clusters = pictureClusters(plan, times);
    const known = { atMs, times, clusters, estimate: null, estimatedAtMs: Number.NaN, state: '' };
    this.#known.delete(id);
    this.#known.set(id, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest);
    return known;
  }
}

/** An age below zero: the clock was set back. */
function isFresh(madeAtMs: number, nowMs: number, forMs: number): boolean {
  const ageMs = nowMs - madeAtMs;
  return ageMs >= 0 && ageMs < forMs;
}
