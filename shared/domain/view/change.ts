import type { ClusterStatus, RolloutStatus, WaveStatus } from '../status.ts';
import type { ClusterChange, PictureChange, RolloutChange, RolloutPicture } from './picture.ts';
import { same } from './same.ts';

/**
 * What makes `before` into `after`, both of the same rollout; null: nothing but the time differs. Cells that are the very same
 * object in both cost nothing.
 */
export function changeBetween(before: RolloutPicture, after: RolloutPicture): PictureChange | null {
  const rollout = rolloutChange(before.rollout, after.rollout);
  const cells = Object.fromEntries(Object.entries(after.cells).filter(([key, cell]) => !same(before.cells[key], cell)));
  const change = {
    ...(rollout && { rollout }),
    ...(!same(before.clusters, after.clusters) && { clusters: after.clusters }),
    ...(!same(before.estimate, after.estimate) && { estimate: after.estimate }),
    ...(Object.keys(cells).length > 0 && { cells }),
  };
  return Object.keys(change).length === 0 ? null : { atMs: after.atMs, ...change };
}

/** The picture after a change; what the change does not name is the very same object as before. */
export function applyChange(picture: RolloutPicture, change: PictureChange): RolloutPicture {
  const { rollout, cells, ...rest } = change;
  return {
    ...picture,
    ...rest,
    ...(rollout && { rollout: changedRollout(picture.rollout, rollout) }),
    ...(cells && { cells: { ...picture.cells, ...cells } }),
  };
}

type Rollout = RolloutPicture['rollout'];

function rolloutChange(before: Rollout, after: Rollout): RolloutChange | null {
  const { clusters: _, ...fields } = after;
  const differ = Object.entries(fields).filter(([name, value]) => !same(before[name as keyof Rollout], value));
  const clusters = after.clusters.flatMap((cluster, index) => {
    const change = clusterChange(before.clusters[index], cluster);
    return change === null ? [] : [change];
  });
  if (differ.length === 0 && clusters.length === 0) return null;
  return { ...Object.fromEntries(differ), ...(clusters.length > 0 && { clusters }) };
}

function clusterChange(before: ClusterStatus | undefined, after: ClusterStatus): ClusterChange | null {
  const { waves: _, ...fields } = after;
  const waves = after.waves.flatMap((wave, index) => {
    const { nodes: _nodes, ...rest } = wave;
    const { nodes: _same, ...known } = before?.waves[index] ?? { nodes: [] };
    return same(known, rest) ? [] : [rest];
  });
  const { waves: _before, ...known } = before ?? { waves: [] };
  return waves.length === 0 && same(known, fields) ? null : { ...fields, waves };
}

function changedRollout(before: Rollout, { clusters = [], ...fields }: RolloutChange): Rollout {
  const byName = new Map(clusters.map(change => [change.name, change]));
  return {
    ...before,
    ...(fields as Partial<RolloutStatus>),
    clusters: before.clusters.map(cluster => {
      const change = byName.get(cluster.name);
      return change ? { ...cluster, ...change, waves: changedWaves(cluster.waves, change.waves) } : cluster;
    }),
  };
}

function changedWaves(before: readonly WaveStatus[], changes: ClusterChange['waves']): readonly WaveStatus[] {
  const byIndex = new Map(changes.map(change => [change.index, change]));
  return before.map(wave => ({ ...wave, ...byIndex.get(wave.index) }));
}
