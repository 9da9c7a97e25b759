import type { PodView } from '../facts.ts';
import type { DrainPolicy } from '../policy.ts';

/** What a filter minds about a pod. */
export type PodConcern = 'daemonset' | 'daemonset-gone' | 'daemonset-unreadable' | 'local-storage' | 'no-controller';

/** What becomes of a pod in a drain. */
export type PodVerdict =
  /** One concern for each warning. */
  | { readonly kind: 'evict'; readonly warnings: readonly string[]; readonly concerns: readonly PodConcern[] }
  | { readonly kind: 'skip'; readonly reason: string }
  /** The whole drain stops, before anything is evicted. */
  | { readonly kind: 'refuse'; readonly reason: string; readonly concern: PodConcern };

/** What the API said about the DaemonSet that owns a pod. */
export type DaemonSetAnswer = 'exists' | 'missing' | { readonly error: string };

/** What the filters know besides the pod. */
export interface FilterFacts {
  readonly policy: DrainPolicy;
  readonly nowMs: number;
  /** Asked only for pods of {@link daemonSetOf}. */
  readonly daemonSet: (namespace: string, name: string) => DaemonSetAnswer;
}

/** null: no objection, look at the next filter. */
type Opinion =
  | { readonly warning: string; readonly concern: PodConcern }
  | Exclude<PodVerdict, { kind: 'evict' }>
  | null;

/**
 * Judges a pod as `kubectl drain` does under the equivalent options: the filters in kubectl's order, the first that
 * says "do not delete" ends it.
 */
export function judgePod(pod: PodView, facts: FilterFacts): PodVerdict {
  const warnings: string[] = [];
  const concerns: PodConcern[] = [];
  for (const filter of [longDeleted, ofDaemonSet, mirrorPod, localStorage, withoutController]) {
    const opinion = filter(pod, facts);
    if (opinion === null) continue;
    if ('kind' in opinion) return opinion;
    warnings.push(opinion.warning);
    concerns.push(opinion.concern);
  }
  return { kind: 'evict', warnings, concerns };
}

/** The DaemonSet that must be asked for before a pod can be judged; null: none. */
export function daemonSetOf(pod: PodView): string | null {
  const { controller } = pod;
  if (isFinished(pod) || controller?.kind !== 'DaemonSet' || controller.apiVersion !== 'apps/v1') return null;
  return controller.name;
}

function longDeleted(pod: PodView, { policy, nowMs }: FilterFacts): Opinion {
  const limitMs = policy.skipWaitForDeleteTimeoutSeconds * 1000;
  if (limitMs <= 0 || pod.deletionMs === null || nowMs - pod.deletionMs <= limitMs) return null;
  return { kind: 'skip', reason: `terminating for more than ${policy.skipWaitForDeleteTimeoutSeconds} s` };
}

function ofDaemonSet(pod: PodView, { policy, daemonSet }: FilterFacts): Opinion {
  const name = daemonSetOf(pod);
  if (name === null) return null;
  const answer = daemonSet(pod.namespace, name);
  const gone = answer === 'missing' ? ({ concern: 'daemonset-gone' } as const) : null;
  if (gone && policy.force) return { ...gone, warning: `its DaemonSet ${name} is gone` };
  if (gone) return { ...gone, kind: 'refuse', reason: `pods whose DaemonSet is gone (${name}); force evicts them` };
  if (typeof answer === 'object') {
    const reason = `DaemonSet ${name} cannot be read: ${answer.error}`;
    return { kind: 'refuse', concern: 'daemonset-unreadable', reason };
  }
  if (policy.ignoreDaemonSets) return { kind: 'skip', reason: 'DaemonSet-managed' };
  const reason = 'DaemonSet-managed Pods; ignoreDaemonSets leaves them alone';
  return { kind: 'refuse', concern: 'daemonset', reason };
}

function mirrorPod(pod: PodView): Opinion {
  return pod.mirror ? { kind: 'skip', reason: 'static pod of the kubelet' } : null;
}

function localStorage(pod: PodView, { policy }: FilterFacts): Opinion {
  if (!pod.emptyDir || isFinished(pod)) return null;
  const concern = 'local-storage';
  if (policy.deleteEmptyDirData) return { concern, warning: 'its emptyDir data is deleted' };
  const reason = 'Pods with local storage; deleteEmptyDirData evicts them and loses emptyDir data';
  return { kind: 'refuse', concern, reason };
}

function withoutController(pod: PodView, { policy }: FilterFacts): Opinion {
  if (pod.controller !== null || isFinished(pod)) return null;
  const concern = 'no-controller';
  if (policy.force) return { concern, warning: 'no controller brings it back' };
  return { kind: 'refuse', concern, reason: 'Pods that declare no controller; force evicts them for good' };
}

/** Its containers have ended: it holds nothing any more. */
export function isFinished(pod: PodView): boolean {
  return pod.phase === 'Succeeded' || pod.phase === 'Failed';
}
