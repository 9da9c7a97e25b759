import { type PlanCluster, type PlanWave, planClusters } from '../../shared/domain/plan.ts';
import type { EngineStore } from '../../shared/ports/engine-store.ts';

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
