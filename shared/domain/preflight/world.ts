import { judgePod, type PodVerdict } from '../drain/filters.ts';
import { type NodeView, type PodView, workMarkOf } from '../facts.ts';
import { matchesLabels, parseLabelSelector, type Requirement } from '../label-selector.ts';
import type { PlanCluster, PlanNode } from '../plan.ts';
import type { NodePolicy } from '../policy.ts';
import type { PreflightFacts } from './facts.ts';

/** A pod of a node that is drained, and what the drain does with it. */
export interface JudgedPod {
  readonly pod: PodView;
  /** null: the pod selector of the drain does not mean it. */
  readonly verdict: PodVerdict | null;
}

/** A node that the plan drains. */
export interface DrainedNode {
  readonly node: PlanNode;
  readonly policy: NodePolicy;
  /** Position of its wave. */
  readonly wave: number;
  readonly pods: readonly JudgedPod[];
}

/** A cluster of a plan beside what is known of it, indexed. */
export interface PreflightWorld {
  readonly cluster: PlanCluster;
  readonly facts: PreflightFacts;
  readonly podsOf: ReadonlyMap<string, readonly PodView[]>;
  /** By name; in plan order. */
  readonly drained: ReadonlyMap<string, DrainedNode>;
}

/** Indexes the facts and judges the pods of every node that may be drained. */
export function preflightWorld(
  cluster: PlanCluster,
  policies: Readonly<Record<string, NodePolicy>>,
  facts: PreflightFacts,
): PreflightWorld {
  const podsOf = new Map<string, PodView[]>(facts.nodes.map(node => [node.name, []]));
  for (const pod of facts.pods) podsOf.get(pod.nodeName)?.push(pod);
  const views = new Map(facts.nodes.map(view => [view.name, view]));
  const selectors = new Map<string, Requirement[]>();
  const drained = new Map<string, DrainedNode>();
  for (const wave of cluster.waves) {
    for (const node of wave.nodes) {
      const [policy, view] = [policies[node.policy], views.get(node.name)];
      if (!policy || !view || !mayBeDrained(node, policy, view)) continue;
      const { podSelector } = policy.drain;
      const selector = selectors.get(podSelector) ?? parseLabelSelector(podSelector);
      selectors.set(podSelector, selector);
      const pods = (podsOf.get(node.name) ?? []).map(pod => judged(pod, policy, selector, facts));
      drained.set(node.name, { node, policy, wave: wave.index, pods });
    }
  }
  return { cluster, facts, podsOf, drained };
}

function judged(
  pod: PodView,
  policy: NodePolicy,
  selector: readonly Requirement[],
  { daemonSets, seenAtMs }: PreflightFacts,
): JudgedPod {
  if (!matchesLabels(selector, pod.labels)) return { pod, verdict: null };
  const daemonSet = (namespace: string, name: string) =>
    daemonSets === null || daemonSets.has(`${namespace}/${name}`) ? 'exists' : 'missing';
  return { pod, verdict: judgePod(pod, { policy: policy.drain, nowMs: seenAtMs, daemonSet }) };
}

/** Whether a rollout may come to drain a node: it has one, something to do there, and takes nodes others cordoned. */
function mayBeDrained(node: PlanNode, { drain, upgrade, reboot, cordonedByOthers }: NodePolicy, view: NodeView) {
  if (!node.kubernetes || node.steps.some(({ step, skip }) => step === 'drain' && skip !== undefined)) return false;
  if (view.unschedulable && workMarkOf(view.annotations) === null && cordonedByOthers === 'skip') return false;
  const reboots = reboot.when !== 'never';
  if (drain.when === 'if-reboot') return reboots;
  return drain.when === 'always' || reboots || upgrade.manager !== 'none';
}

/** `namespace/name`. */
export function podName({ namespace, name }: PodView): string {
  return `${namespace}/${name}`;
}

/** Whether it takes up room for good: pods that have ended, or are about to, leave theirs. */
export function staysUp({ phase, deletionMs }: PodView): boolean {
  return phase !== 'Succeeded' && phase !== 'Failed' && deletionMs === null;
}
