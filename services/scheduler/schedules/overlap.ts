import { planClusters } from '../../../shared/domain/plan.ts';
import type { EngineStore } from '../../../shared/ports/engine-store.ts';

/** A rollout that has not ended and has one of these clusters; null: none. */
export async function holderOf(
  store: Pick<EngineStore, 'active' | 'plan'>,
  clusters: readonly string[],
): Promise<string | null> {
  for (const id of await store.active()) {
    const plan = await store.plan(id);
    if (plan && planClusters(plan).some(({ name }) => clusters.includes(name))) return id;
  }
  return null;
}
