import { provenEntries, readProven } from '../../shared/domain/baseline.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { policyOf } from '../../shared/domain/plan.ts';
import type { Baseline } from '../../shared/ports/baseline.ts';
import type { EngineStore, StepRef } from '../../shared/ports/engine-store.ts';
import { Interrupted } from './interrupted.ts';

/** What earlier stages proved, as a step of one node sees it; only the newest epoch may add to it. */
export function baselineOf(store: EngineStore, plan: Plan, rollout: string, ref: StepRef, epoch: number): Baseline {
  const stage = plan.stages.findIndex(each => each.clusters.some(cluster => cluster.name === ref.cluster));
  return {
    wanted: isWanted(plan, stage),
    proven: async group => {
      if (stage <= 0) return null;
      const { entries, groups } = await store.proven(rollout, { stage, group });
      return { versions: readProven(entries), groups };
    },
    prove: async (group, installed) => {
      const heard = await store.prove(rollout, ref, epoch, { stage, group }, provenEntries(installed));
      if (!heard.ok) throw new Interrupted('superseded');
    },
  };
}

function isWanted(plan: Plan, stage: number): boolean {
  const later = plan.stages.slice(stage + 1).flatMap(each => each.clusters);
  const nodes = later.flatMap(cluster => cluster.waves.flatMap(wave => wave.nodes));
  return nodes.some(node => {
    const { baseline, manager } = policyOf(plan, node).upgrade;
    return baseline !== 'off' && manager !== 'none';
  });
}
