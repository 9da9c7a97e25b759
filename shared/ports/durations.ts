import type { ClusterTimes, NodeTimes } from '../domain/durations/times.ts';

/** What nodes took before. */
export interface DurationReader {
  /** Of a cluster, by its name; empty: nothing is known. */
  durations(cluster: string): Promise<ClusterTimes>;
}

/** Keeps what nodes took. */
export interface DurationKeeper extends DurationReader {
  /** Keeps the times of a node of a kind, unless they are kept; only the last of a kind stay. False: they were kept before, or are too old. */
  keepTimes(cluster: string, kind: string, times: NodeTimes): Promise<boolean>;
}
