import { asksBudgets, budgetsOf } from '../../../../shared/domain/budgets.ts';
import { groupOf, groupText } from '../../../../shared/domain/drain/order.ts';
import type { PdbView, PodView } from '../../../../shared/domain/facts.ts';
import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { DrainPolicy } from '../../../../shared/domain/policy.ts';
import type { ClusterApi, EvictionAnswer } from '../../../../shared/ports/cluster.ts';
import { judgeNode, podName } from './judge.ts';
import { limiter } from './limit.ts';

/** What a drain would do with a pod now. */
export interface PodPreview {
  readonly pod: string;
  /**
   * `wait`: it would be evicted, but its eviction is refused now and would be asked for again; `impossible`: its eviction
   * is refused for good; `obstacle`: the drain would stop before it evicts anything.
   */
  readonly verdict: 'evict' | 'wait' | 'impossible' | 'leave' | 'obstacle';
  readonly reason: string;
  /** Its group in the order of the policy, in words; empty: there is no order. */
  readonly group: string;
}

/** Whose drain is asked about. */
export interface PreviewRequest {
  readonly cluster: ClusterApi;
  readonly node: string;
  readonly policy: DrainPolicy;
  readonly nowMs: number;
}

const AT_ONCE = 16;

/**
 * What a drain would do with each pod of a node, in its order, after the obstacles; what is left alone last. Changes nothing:
 * the API is asked for each eviction as a dry run, each as if it were the only one. StepError `node-missing`.
 */
export async function previewDrain(request: PreviewRequest, signal: AbortSignal): Promise<PodPreview[]> {
  const { cluster, node, policy, nowMs } = request;
  if (!(await cluster.getNode(node, signal))) throw fail('node-missing', { message: `there is no Node ${node}` });
  const judged = await judgeNode(cluster, node, policy, nowMs, signal);
  const pdbs = policy.disableEviction ? [] : await cluster.listPdbs(signal);
  const limit = limiter(AT_ONCE);
  const inOrder = judged.evict.toSorted((a, b) => groupOf(a, policy.order) - groupOf(b, policy.order));
  const warnings = new Map(judged.warnings.map(text => [text.slice(0, text.indexOf(': ')), text] as const));
  const evictable = inOrder.map(pod =>
    limit(async (): Promise<PodPreview> => {
      const found = await askFor(request, pod, pdbs, signal);
      const warning = warnings.get(podName(pod))?.slice(podName(pod).length + 2);
      const reason = [found.reason, warning].filter(Boolean).join('; ');
      return { pod: podName(pod), verdict: found.verdict, reason, group: groupName(pod, policy) };
    }),
  );
  return [
    ...judged.refused.map(each => ({ ...each, verdict: 'obstacle' as const, group: '' })),
    ...(await Promise.all(evictable)),
    ...judged.skipped.map(each => ({ ...each, verdict: 'leave' as const, group: '' })),
  ];
}

function groupName(pod: PodView, { order }: DrainPolicy): string {
  if (order.length === 0) return '';
  const group = order[groupOf(pod, order)];
  return group ? groupText(group) : groupText({ kind: 'rest' });
}

type Found = Pick<PodPreview, 'verdict' | 'reason'>;

async function askFor(
  { cluster, policy }: PreviewRequest,
  pod: PodView,
  pdbs: readonly PdbView[],
  signal: AbortSignal,
): Promise<Found> {
  if (pod.deletionMs !== null) return { verdict: 'evict', reason: 'terminates already' };
  if (policy.disableEviction) return { verdict: 'evict', reason: 'deleted, no budget is asked' };
  const options = { gracePeriodSeconds: policy.gracePeriodSeconds, dryRun: true };
  const answer = await cluster.evictPod(pod, options, signal);
  return found(answer, pod, pdbs);
}

function found(answer: EvictionAnswer, pod: PodView, pdbs: readonly PdbView[]): Found {
  const budgets = asksBudgets(pod) ? budgetsOf(pod, pdbs) : [];
  switch (answer.kind) {
    case 'accepted':
      return { verdict: 'evict', reason: budgets.map(stateOf).join('; ') };
    case 'gone':
      return { verdict: 'evict', reason: 'gone meanwhile' };
    case 'refused': {
      const named = budgets.filter(({ name }) => answer.budgets.includes(name));
      return { verdict: 'wait', reason: named.length > 0 ? named.map(stateOf).join('; ') : answer.message };
    }
    case 'namespace-terminating':
      return { verdict: 'wait', reason: 'its namespace is being deleted' };
    case 'trouble':
      return { verdict: 'wait', reason: answer.message };
    case 'impossible':
      return { verdict: 'impossible', reason: answer.message };
  }
}

function stateOf({ name, disruptionsAllowed, currentHealthy, expectedPods, desiredHealthy }: PdbView): string {
  return `budget ${name}: ${disruptionsAllowed} may go now (${currentHealthy} of ${expectedPods} healthy, ${desiredHealthy} needed)`;
}
