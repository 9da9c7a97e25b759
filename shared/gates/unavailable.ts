import { type NodeView, workMarkOf } from '../domain/facts.ts';

/** Whether a Node cannot take pods now, whoever is the cause: one that is worked on may be kept off by a taint alone. */
export function isAway(view: NodeView): boolean {
  return !view.ready || view.unschedulable || workMarkOf(view.annotations) !== null;
}

/** Whether a Node is one of the control plane, by the labels kubeadm and its kin set. */
export function isControlPlane(view: NodeView): boolean {
  return 'node-role.kubernetes.io/control-plane' in view.labels || 'node-role.kubernetes.io/master' in view.labels;
}
