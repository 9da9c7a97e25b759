import type { NodeView } from '../domain/facts.ts';

/** Whether a Node cannot take pods now, whoever is the cause. */
export function isAway(view: NodeView): boolean {
  return !view.ready || view.unschedulable;
}

/** Whether a Node is one of the control plane, by the labels kubeadm and its kin set. */
export function isControlPlane(view: NodeView): boolean {
  return 'node-role.kubernetes.io/control-plane' in view.labels || 'node-role.kubernetes.io/master' in view.labels;
}
