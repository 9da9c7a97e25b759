import type { PdbView, PodView } from '../../../../shared/domain/facts.ts';
import type { ClusterApi } from '../../../../shared/ports/cluster.ts';
import type { LeftPod } from './evict.ts';
import { podName } from './judge.ts';

/**
 * One line for each pod left: its owner, why it is still there, and the numbers its budgets have now. Never fails: what
 * the API does not tell any more is left out.
 */
export async function accountOf(
  cluster: ClusterApi,
  left: readonly LeftPod[],
  nowMs: number | null,
  signal: AbortSignal,
): Promise<string[]> {
  const asks = left.some(each => each.answer?.kind === 'refused');
  const budgets = asks ? await cluster.listPdbs(signal).catch((): PdbView[] => []) : [];
  return left.map(each => `${podName(each.pod)} (${ownerOf(each.pod)}): ${whyLeft(each, budgets, nowMs)}`);
}

/** What a drain waits for, in words that stay the same while it waits: no numbers, no times. */
export function waitedFor(left: readonly LeftPod[]): string {
  const [first] = left;
  if (!first) return 'waiting for pods';
  return `waiting for ${podName(first.pod)}${left.length > 1 ? ' and others' : ''}: ${shortly(first)}`;
}

function shortly({ pod, answer }: LeftPod): string {
  if (pod.deletionMs !== null) return 'terminating';
  if (answer === null) return 'its eviction was not asked for yet';
  if (answer.kind === 'accepted' || answer.kind === 'gone') return 'evicted, not seen gone yet';
  if (answer.kind === 'trouble') return 'the API server is in trouble';
  if (answer.kind === 'namespace-terminating') return 'its namespace is being deleted';
  if (answer.kind === 'impossible') return 'its eviction is impossible';
  return answer.budgets.length === 0 ? 'refused for now' : `refused by budget ${answer.budgets.join(', ')}`;
}

/** Why a pod is still there, for people. */
export function whyLeft({ pod, answer }: LeftPod, budgets: readonly PdbView[], nowMs: number | null): string {
  if (pod.deletionMs !== null) {
    if (nowMs === null) return 'terminating';
    const seconds = Math.round((nowMs - pod.deletionMs) / 1000);
    if (seconds < 0) return `terminating, its grace period ends in ${-seconds} s`;
    return `terminating, its grace period ended ${seconds} s ago and the kubelet has not reported it gone`;
  }
  if (answer === null) return 'its eviction was not asked for yet';
  if (answer.kind === 'accepted' || answer.kind === 'gone') return 'evicted, not seen gone yet';
  if (answer.kind !== 'refused') return answer.message;
  const numbers = answer.budgets.map(name => numbersOf(name, pod, budgets));
  return numbers.length === 0 ? answer.message : `refused by ${numbers.join(', ')}`;
}

function numbersOf(name: string, pod: PodView, budgets: readonly PdbView[]): string {
  const budget = budgets.find(each => each.namespace === pod.namespace && each.name === name);
  if (!budget) return `budget ${name}`;
  const { currentHealthy, desiredHealthy, disruptionsAllowed, expectedPods } = budget;
  return (
    `budget ${name} (${disruptionsAllowed} disruptions allowed: ` +
    `${currentHealthy} of ${expectedPods} healthy, ${desiredHealthy} needed)`
  );
}

function ownerOf(pod: PodView): string {
  return pod.controller ? `${pod.controller.kind} ${pod.controller.name}` : 'no controller';
}
