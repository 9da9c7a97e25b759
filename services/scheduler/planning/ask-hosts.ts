import type { Plan, PlanNode } from '../../../shared/domain/plan.ts';
import { type Due, probePlan } from '../../common/planning/probe.ts';
import type { PlanningDeps } from './deps.ts';

/** Asks these hosts of a plan (default: all) over connections of their own. */
export async function askHosts(deps: PlanningDeps, plan: Plan, nodes?: readonly PlanNode[]): Promise<Due[]> {
  const hosts = await deps.openHosts();
  try {
    return await probePlan(plan, hosts.connect, deps.probe, deps.signal, nodes);
  } finally {
    await hosts.close();
  }
}
