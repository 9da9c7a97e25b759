import { isKeptOff, mayComeBack } from '../../../../shared/domain/cordon.ts';
import type { DrainPolicy } from '../../../../shared/domain/policy.ts';
import type { Clock } from '../../../../shared/ports/clock.ts';
import type { ClusterApi } from '../../../../shared/ports/cluster.ts';
import type { Fence } from '../../../../shared/ports/host.ts';
import { markOfUs, takeOverCordon } from '../cordon.ts';
import { judgeNode, podName } from './judge.ts';

/** Whether cordon and drain hold, as seen at `atMs`; if not, every reason. */
export interface DrainState {
  readonly held: boolean;
  readonly why: readonly string[];
  readonly atMs: number;
}

/** What to look at; every DrainContext is one. */
export interface ConfirmContext {
  readonly cluster: ClusterApi;
  readonly fence: Fence;
  readonly policy: DrainPolicy;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Whether the node is still cordoned under our mark (which then carries our epoch) and no pod is on it that a drain
 * would evict; changes nothing else. Pods that tolerate the cordon may have come back and do not count.
 */
export async function confirmDrained(context: ConfirmContext): Promise<DrainState> {
  const { cluster, fence, policy, clock, signal } = context;
  const atMs = clock.now();
  const node = await takeOverCordon(cluster, fence, signal);
  if (!node) return { held: false, why: [`the Node ${fence.node} is gone`], atMs };
  const why: string[] = [];
  const mark = markOfUs(node, fence);
  if (mark ? !isKeptOff(node, mark) : !node.unschedulable) why.push(`${node.name} is not cordoned any more`);
  else if (!mark) why.push(`${node.name} does not carry our mark any more`);
  const judged = await judgeNode(cluster, fence.node, policy, atMs, signal);
  const evictable = judged.evict.filter(pod => !(mark && mayComeBack(pod, mark))).map(podName);
  for (const pod of [...evictable, ...judged.refused.map(each => each.pod)]) why.push(`${pod} is on the node`);
  return { held: why.length === 0, why, atMs };
}
