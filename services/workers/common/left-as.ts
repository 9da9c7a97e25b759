import { workMarkOf } from '../../../shared/domain/facts.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { StepContext } from '../../../shared/ports/step.ts';

/** The state a node is in now, in one sentence for people. Never fails. */
export async function leftAs(context: Pick<StepContext<unknown>, 'cluster' | 'node' | 'signal'>): Promise<string> {
  const { cluster, node, signal } = context;
  if (!cluster || !node.kubernetes) return `${node.name} is not in Kubernetes: nothing was cordoned`;
  try {
    const seen = await cluster.getNode(node.name, signal);
    if (!seen) return `the Node ${node.name} is gone`;
    const cordon = seen.unschedulable ? 'cordoned' : 'schedulable';
    const ready = seen.ready ? 'Ready' : `not Ready (${seen.notReadyReason})`;
    const mark = workMarkOf(seen.annotations) === null ? 'without our mark' : 'still carrying the mark of this work';
    return `${node.name} is ${cordon}, ${ready}, ${mark}`;
  } catch (error) {
    return `the state of ${node.name} cannot be read: ${failureOf(error).message}`;
  }
}
