import type { Estimate } from '../estimate/estimate.ts';
import type { ClusterStatus, RolloutStatus, WaveStatus } from '../status.ts';
import type { StepName } from '../steps.ts';
import type { NodeCell } from './cell.ts';

/** What a cluster's place in a picture needs beside its status. */
export interface PictureCluster {
  readonly name: string;
  /** Most nodes away at once, resolved to a number. */
  readonly maxUnavailable: number;
  /** IANA name of the zone its windows are read in; null: it has none. */
  readonly zone: string | null;
  /** What a step took so far on nodes of the cluster, as a rule (median); missing: not known. */
  readonly usualMs: Readonly<Partial<Record<StepName, number>>>;
}

/** A whole rollout for a page: {@link RolloutStatus} with cells in the place of nodes. */
export interface RolloutPicture {
  /** The server's clock when it was taken. */
  readonly atMs: number;
  readonly rollout: Omit<RolloutStatus, 'nodes'>;
  readonly clusters: readonly PictureCluster[];
  /** What is left; null: it is over, or about to be. */
  readonly estimate: Estimate | null;
  /** By key `cluster/node`, in plan order. */
  readonly cells: Readonly<Record<string, NodeCell>>;
}

/** A cluster's fields, and those of its waves, that may differ; which nodes are in a wave never does. */
export interface ClusterChange extends Omit<ClusterStatus, 'waves'> {
  /** Those that differ. */
  readonly waves: readonly Omit<WaveStatus, 'nodes'>[];
}

/** The rollout's fields that differ, and its clusters that do. */
export interface RolloutChange extends Partial<Omit<RolloutStatus, 'nodes' | 'clusters'>> {
  readonly clusters?: readonly ClusterChange[];
}

/** What is different since the picture or change before; what is missing is as it was. */
export interface PictureChange {
  readonly atMs: number;
  readonly rollout?: RolloutChange;
  readonly clusters?: readonly PictureCluster[];
  readonly estimate?: Estimate | null;
  readonly cells?: Readonly<Record<string, NodeCell>>;
}
