import { nodeKey } from '../../../shared/domain/names.ts';
import { type Plan, planClusters, planNodes } from '../../../shared/domain/plan.ts';
import type { Advance } from '../../../shared/ports/engine-store.ts';

/** Everything the tree of a rollout says on its way, in an order in which it can: what the scheduler's processors ask. */
export function treeOf(plan: Plan): Advance[] {
  const advances: Advance[] = [plain('started', [], { type: 'rollout-started' })];
  for (const [index, stage] of plan.stages.entries()) {
    const before = index === 0 ? ['started'] : [`stage-done:${index - 1}`];
    advances.push(plain(`stage:${index}`, before, { type: 'stage-started', stage: stage.name }));
    for (const cluster of stage.clusters) advances.push(...clusterOf(cluster, index));
    const done = stage.clusters.map(cluster => `cluster-done:${cluster.name}`);
    advances.push(plain(`stage-done:${index}`, done, { type: 'stage-done', stage: stage.name }));
  }
  const keys = planNodes(plan).map(node => nodeKey(node.cluster, node.name));
  const clusters = planClusters(plan).map(cluster => cluster.name);
  const event = { type: 'rollout-ended', outcome: 'done' } as const;
  return [...advances, { mark: 'ended', requires: [], kind: 'end', event, keys, clusters }];
}

function plain(mark: string, requires: readonly string[], event: Advance['event']): Advance {
  return { mark, requires, kind: 'plain', event };
}

function clusterOf({ name, waves }: Plan['stages'][number]['clusters'][number], stage: number): Advance[] {
  const advances = [plain(`cluster:${name}`, [`stage:${stage}`], { type: 'cluster-started', cluster: name })];
  for (const { index, nodes } of waves) {
    const place = { cluster: name, wave: index };
    const before = index === 0 ? `cluster:${name}` : `wave-done:${name}/${index - 1}`;
    const opened = { type: 'wave-started', ...place } as const;
    const closed = { type: 'wave-done', ...place } as const;
    const keys = nodes.map(node => nodeKey(name, node.name));
    advances.push(
      { mark: `wave:${name}/${index}`, requires: [before], kind: 'wave-open', event: opened, ...place },
      {
        mark: `wave-done:${name}/${index}`,
        requires: [`wave:${name}/${index}`],
        kind: 'wave-done',
        event: closed,
        ...place,
        keys,
      },
    );
  }
  const done = waves.map(wave => `wave-done:${name}/${wave.index}`);
  return [...advances, plain(`cluster-done:${name}`, done, { type: 'cluster-done', cluster: name })];
}
