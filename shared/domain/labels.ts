/** What the labels of a Node say about it. */

const SEQUENCE = /^\d{1,9}$/;

/** The sequence in `text` (a label or grain): null when there is none, `invalid` when it is no whole number from 0. */
export function parseSequence(text: string | undefined): number | 'invalid' | null {
  if (text === undefined || text === '') return null;
  return SEQUENCE.test(text) ? Number(text) : 'invalid';
}

/**
 * Roles in labels, sorted: a prefix that ends in `/` gives the rest of the key (`node-role.kubernetes.io/worker`), any
 * other is a whole key whose value is the role (`kubernetes.io/role: worker`).
 */
export function rolesOfLabels(labels: Readonly<Record<string, string>>, prefixes: readonly string[]): string[] {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(labels)) {
    for (const prefix of prefixes) {
      const role = prefix.endsWith('/') ? (key.startsWith(prefix) ? key.slice(prefix.length) : '') : '';
      if (role !== '') roles.add(role);
      else if (key === prefix && value !== '') roles.add(value);
    }
  }
  return [...roles].sort();
}

/** kubeadm and k3s say control-plane, older ones master; RKE says controlplane and etcd. */
const CONTROL_PLANE_ROLES = ['control-plane', 'controlplane', 'master', 'etcd'];

/** Whether a node of these roles holds part of the control plane or of etcd. */
export function isControlPlane(roles: readonly string[]): boolean {
  return roles.some(role => CONTROL_PLANE_ROLES.includes(role));
}

/** Prefix under which Kubernetes' own tools write roles. */
export const ROLE_PREFIX = 'node-role.kubernetes.io/';
