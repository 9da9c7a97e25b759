import type { PodConcern } from '../drain/filters.ts';
import type { FindingCode } from './codes.ts';
import type { Discovery } from './finding.ts';
import { discover, type Gathered } from './gather.ts';
import { type DrainedNode, podName } from './world.ts';

/** What a concern means where it keeps the node from being drained. */
const REFUSED: Readonly<Record<PodConcern, readonly [FindingCode, string]>> = {
  daemonset: ['daemonSetPod', 'pods of DaemonSets keep the node from being drained (ignoreDaemonSets is false)'],
  'daemonset-gone': ['daemonSetGone', 'pods whose DaemonSet is gone keep the node from being drained (force is false)'],
  'daemonset-unreadable': ['daemonSetGone', 'pods whose DaemonSet cannot be read keep the node from being drained'],
  'local-storage': [
    'localStorage',
    'pods with emptyDir volumes keep the node from being drained (deleteEmptyDirData is false)',
  ],
  'no-controller': [
    'podWithoutController',
    'pods that declare no controller keep the node from being drained (force is false)',
  ],
};

/** What it means where the pod is evicted all the same. */
const LOST: Readonly<Record<PodConcern, readonly [FindingCode, string]>> = {
  daemonset: ['podLost', 'pods are evicted and nothing brings them back'],
  'daemonset-gone': ['podLost', 'pods are evicted and nothing brings them back: their DaemonSet is gone'],
  'daemonset-unreadable': ['podLost', 'pods are evicted and nothing brings them back'],
  'local-storage': ['emptyDirLost', 'the emptyDir data of pods is lost'],
  'no-controller': ['podLost', 'pods are evicted and nothing brings them back: they declare no controller'],
};

/** Pods that stop the drain of their node, and pods that lose something by it. */
export function podFindings(nodes: readonly DrainedNode[]): Discovery[] {
  const found: Gathered[] = [];
  for (const { node, pods } of nodes) {
    for (const { pod, verdict } of pods) {
      const concerns =
        verdict?.kind === 'refuse' ? [verdict.concern] : verdict?.kind === 'evict' ? verdict.concerns : [];
      const meaning = verdict?.kind === 'refuse' ? REFUSED : LOST;
      for (const concern of concerns) {
        const [code, message] = meaning[concern];
        found.push({ code, message, node: node.name, pod: podName(pod) });
      }
    }
  }
  return discover(found);
}
