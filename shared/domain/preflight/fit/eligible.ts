import type { NodeView, PodView } from '../../facts.ts';
import { matchesLabels, type Requirement } from '../../label-selector.ts';
import type { NodeComparison, NodeTerm, PodPlacement, Taint, Toleration } from '../../placement.ts';

const HOSTNAME = 'kubernetes.io/hostname';

/** Why a pod may not run on a node whatever room it has; null: it may. `closed`: not Ready or cordoned now. */
export type Unfit = 'closed' | 'labels' | 'taint' | null;

/** What restricts a pod to certain nodes. */
export interface Restriction {
  readonly placement: PodPlacement;
  /** Terms of the volumes behind its claims; one of each list must hold. */
  readonly volumes: readonly (readonly NodeTerm[])[];
}

/** What restricts a pod of a cluster with these claims. */
export function restrictionOf(pod: PodView, claims: ReadonlyMap<string, readonly NodeTerm[]>): Restriction {
  const volumes = pod.claims.flatMap(claim => {
    const terms = claims.get(`${pod.namespace}/${claim}`);
    return terms ? [terms] : [];
  });
  return { placement: pod.placement, volumes };
}

/** Equal for pods that may run on the same nodes. */
export function restrictionKey({ placement, volumes }: Restriction): string {
  const { nodeSelector, nodeTerms, tolerations } = placement;
  return JSON.stringify([nodeSelector, nodeTerms, tolerations, volumes]);
}

/** Whether the pod may run on the node as that is now. Of taints only those that keep pods off count. */
export function unfitOf({ placement, volumes }: Restriction, node: NodeView): Unfit {
  const { nodeSelector, nodeTerms, tolerations } = placement;
  for (const [key, value] of Object.entries(nodeSelector)) if (node.labels[key] !== value) return 'labels';
  const lists = nodeTerms === null ? volumes : [nodeTerms, ...volumes];
  if (!lists.every(terms => terms.some(term => meetsTerm(term, node)))) return 'labels';
  if (!node.ready || node.unschedulable) return 'closed';
  const bad = node.room.taints.some(taint => keepsOff(taint) && !tolerations.some(each => tolerates(each, taint)));
  return bad ? 'taint' : null;
}

/** Whether the pod, or a volume of it, names one node instead of a kind of node. */
export function isBoundByName({ placement, volumes }: Restriction): boolean {
  if (placement.nodeSelector[HOSTNAME] !== undefined) return true;
  const lists = placement.nodeTerms === null ? volumes : [placement.nodeTerms, ...volumes];
  return lists.some(terms => terms.length === 1 && terms.every(namesOne));
}

function namesOne({ labels, names }: NodeTerm): boolean {
  return (
    names.some(({ operator, values }) => operator === 'in' && values.length === 1) ||
    labels.some(each => each.operator === 'in' && each.key === HOSTNAME && each.values.length === 1)
  );
}

/** A term without any condition matches no node. */
function meetsTerm({ labels, names }: NodeTerm, node: NodeView): boolean {
  if (labels.length === 0 && names.length === 0) return false;
  return (
    labels.every(each => meetsLabel(each, node.labels)) &&
    names.every(({ operator, values }) => values.includes(node.name) === (operator === 'in'))
  );
}

function meetsLabel(condition: Requirement | NodeComparison, labels: NodeView['labels']): boolean {
  if ('values' in condition) return matchesLabels([condition], labels);
  const text = labels[condition.key];
  if (text === undefined || !/^[+-]?\d+$/.test(text)) return false;
  return condition.operator === 'greater' ? Number(text) > condition.value : Number(text) < condition.value;
}

function keepsOff({ effect }: Taint): boolean {
  return effect === 'NoSchedule' || effect === 'NoExecute';
}

function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect !== '' && effect !== taint.effect) return false;
  if (key === '') return operator === 'Exists';
  return key === taint.key && (operator === 'Exists' || value === taint.value);
}
