import { placeText } from '../../shared/domain/command.ts';
import { type Plan, type PlanCluster, type PlanWave, planClusters } from '../../shared/domain/plan.ts';
import type { EngineStore } from '../../shared/ports/engine-store.ts';
import type { PlaceAhead } from './places.ts';

/** A cluster of a rollout's plan. Throws when there is none: a job that names it is not ours. */
export async function planCluster(store: EngineStore, rollout: string, name: string): Promise<PlanCluster> {
  const plan = await store.plan(rollout);
  const cluster = plan && planClusters(plan).find(candidate => candidate.name === name);
  if (!cluster) throw new Error(`rollout ${rollout} has no cluster ${name}`);
  return cluster;
}

/** A wave of a cluster. Throws when there is none. */
export function planWave(cluster: PlanCluster, index: number): PlanWave {
  const wave = cluster.waves[index];
  if (!wave) throw new Error(`cluster ${cluster.name} has no wave ${index}`);
  return wave;
}

/** A stage that is to begin: after the one before, and its soak. */
export function stageAhead(plan: Plan, index: number): PlaceAhead {
  const [stage, before] = [plan.stages[index], plan.stages[index - 1]];
  const sinceMark = before ? `stage-done:${index - 1}` : 'started';
  return {
    place: { of: 'stage', stage: stage?.name ?? '' },
    approval: stage?.approval,
    sinceMark,
    soak: before && soakAfter({ of: 'stage', stage: before.name }, sinceMark, before.soakMs),
    toldAt: (stage?.clusters ?? []).map(({ name }) => ({ cluster: name, wave: -1 })),
    clusters: [...(before?.clusters ?? []), ...(stage?.clusters ?? [])],
  };
}

/** A cluster that is to begin, with its stage. */
export function clusterAhead(stage: number, cluster: PlanCluster): PlaceAhead {
  const { name, approval } = cluster;
  return {
    place: { of: 'cluster', cluster: name },
    approval,
    sinceMark: `stage:${stage}`,
    soak: undefined,
    toldAt: [{ cluster: name, wave: -1 }],
    clusters: [cluster],
  };
}

/** A wave that is to begin: after the one before, and its soak. */
export function waveAhead(cluster: PlanCluster, { index, approval }: PlanWave): PlaceAhead {
  const { name } = cluster;
  const before = cluster.waves[index - 1];
  const sinceMark = before ? `wave-done:${name}/${before.index}` : `cluster:${name}`;
  return {
    place: { of: 'wave', cluster: name, wave: index },
    approval,
    sinceMark,
    soak: before && soakAfter({ of: 'wave', cluster: name, wave: before.index }, sinceMark, before.soakMs),
    toldAt: [{ cluster: name, wave: index }],
    clusters: [cluster],
  };
}

function soakAfter(place: PlaceAhead['place'], mark: string, soakMs = 0): PlaceAhead['soak'] {
  return soakMs > 0 ? { mark, soakMs, after: placeText(place) } : undefined;
}
