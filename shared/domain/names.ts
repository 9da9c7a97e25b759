import type { StepName } from './steps.ts';

/**
 * Names and ids. Cluster and node names are DNS-1123 names, which never hold `_` or `/`: these are safe separators.
 * BullMQ refuses `:` in ids and ids that are whole numbers.
 */

/** The key of a node within a rollout: `cluster/node`. */
export function nodeKey(cluster: string, node: string): string {
  return `${cluster}/${node}`;
}

/** Splits a key made by {@link nodeKey}. */
export function splitNodeKey(key: string): { cluster: string; node: string } {
  const at = key.indexOf('/');
  return { cluster: key.slice(0, at), node: key.slice(at + 1) };
}

/** Job id of a cluster's job in a rollout's tree. */
export function clusterJobId(rollout: string, cluster: string): string {
  return `${rollout}_${cluster}`;
}

/** Job id of a wave's job. `wave` is its index in the cluster, from 0. */
export function waveJobId(rollout: string, cluster: string, wave: number): string {
  return `${rollout}_${cluster}_w${wave}`;
}

/** What the job ids of a wave's slots begin with; a number follows that is never used twice within the wave. */
export function slotJobPrefix(rollout: string, cluster: string, wave: number): string {
  return `${waveJobId(rollout, cluster, wave)}_s`;
}

/** Job id of one step of a node's chain in a round. */
export function stepJobId(rollout: string, cluster: string, node: string, round: number, step: StepName): string {
  return `${rollout}_${cluster}_${node}_r${round}_${step}`;
}

/** Key of what a gate holds for a cluster. */
export function holdKey(cluster: string, gate: string): string {
  return `${cluster}/${gate}`;
}
