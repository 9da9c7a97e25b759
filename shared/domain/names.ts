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

/** Job id of a slot; `slot` numbers are never used twice within a wave. */
export function slotJobId(rollout: string, cluster: string, wave: number, slot: number): string {
  return `${rollout}_${cluster}_w${wave}_s${slot}`;
}

/** Job id of one step of a node's chain in a round. */
export function stepJobId(rollout: string, cluster: string, node: string, round: number, step: StepName): string {
  return `${rollout}_${cluster}_${node}_r${round}_${step}`;
}
