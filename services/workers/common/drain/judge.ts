import { type DaemonSetAnswer, daemonSetOf, judgePod } from '../../../../shared/domain/drain/filters.ts';
import type { PodView } from '../../../../shared/domain/facts.ts';
import { failureOf } from '../../../../shared/domain/failure.ts';
import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { DrainPolicy } from '../../../../shared/domain/policy.ts';
import type { ClusterApi } from '../../../../shared/ports/cluster.ts';

/** The pods of a node by verdict. */
export interface Judged {
  readonly evict: readonly PodView[];
  readonly skipped: readonly { readonly pod: string; readonly reason: string }[];
  readonly refused: readonly { readonly pod: string; readonly reason: string }[];
  readonly warnings: readonly string[];
}

/** `namespace/name`. */
export function podName(pod: PodView): string {
  return `${pod.namespace}/${pod.name}`;
}

/** Lists the node's pods and judges each. */
export async function judgeNode(
  cluster: ClusterApi,
  node: string,
  policy: DrainPolicy,
  nowMs: number,
  signal: AbortSignal,
): Promise<Judged> {
  const pods = await cluster.listPodsOnNode(node, policy.podSelector, signal);
  const sets = await askDaemonSets(cluster, pods, signal);
  const facts = {
    policy,
    nowMs,
    daemonSet: (space: string, name: string) => sets.get(`${space}/${name}`) ?? 'missing',
  };
  const evict: PodView[] = [];
  const skipped: { pod: string; reason: string }[] = [];
  const refused: { pod: string; reason: string }[] = [];
  const warnings: string[] = [];
  for (const pod of pods) {
    const verdict = judgePod(pod, facts);
    if (verdict.kind === 'evict') evict.push(pod);
    else (verdict.kind === 'skip' ? skipped : refused).push({ pod: podName(pod), reason: verdict.reason });
    if (verdict.kind === 'evict') warnings.push(...verdict.warnings.map(text => `${podName(pod)}: ${text}`));
  }
  return { evict, skipped, refused, warnings };
}

/** StepError `drain-obstacles` naming every refused pod, grouped by reason; nothing when there is none. */
export function throwObstacles(node: string, refused: Judged['refused'], leftAs: string): void {
  if (refused.length === 0) return;
  const groups = new Map<string, string[]>();
  for (const { pod, reason } of refused) groups.set(reason, [...(groups.get(reason) ?? []), pod]);
  const seen = [...groups].map(([reason, pods]) => `${reason}: ${pods.join(', ')}`).join('\n');
  const message = `${node} cannot be drained: ${refused.length} pod${refused.length === 1 ? ' is' : 's are'} in the way`;
  throw fail('drain-obstacles', { message, seen, leftAs });
}

async function askDaemonSets(cluster: ClusterApi, pods: readonly PodView[], signal: AbortSignal) {
  const wanted = new Map<string, { namespace: string; name: string }>();
  for (const pod of pods) {
    const name = daemonSetOf(pod);
    if (name !== null) wanted.set(`${pod.namespace}/${name}`, { namespace: pod.namespace, name });
  }
  const answers = new Map<string, DaemonSetAnswer>();
  const ask = async (key: string, namespace: string, name: string): Promise<void> => {
    try {
      answers.set(key, (await cluster.daemonSetExists(namespace, name, signal)) ? 'exists' : 'missing');
    } catch (error) {
      signal.throwIfAborted();
      answers.set(key, { error: failureOf(error).message });
    }
  };
  await Promise.all([...wanted].map(([key, { namespace, name }]) => ask(key, namespace, name)));
  return answers;
}
