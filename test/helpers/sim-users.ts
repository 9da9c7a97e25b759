import { parseAllDocuments } from 'yaml';
import type { BoundRule, PolicyRule, SimUser } from '../../services/simulator/api/access/users.ts';

interface Manifest {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  readonly rules?: readonly PolicyRule[];
  readonly roleRef?: { readonly kind: string; readonly name: string };
}

/**
 * The rules a YAML manifest grants: its ClusterRoles and Roles as its bindings bind them, whoever the subjects are.
 * Where it binds nothing, each ClusterRole counts everywhere and each Role in its namespace.
 */
export function rulesOfManifest(yaml: string): BoundRule[] {
  const documents = parseAllDocuments(yaml).map(document => (document.toJS() ?? {}) as Manifest);
  const roles = documents.filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role');
  const bindings = documents.filter(({ kind }) => kind === 'ClusterRoleBinding' || kind === 'RoleBinding');
  if (bindings.length === 0) return roles.flatMap(role => bound(role, role.metadata?.namespace));
  return bindings.flatMap(binding => {
    const namespace = binding.kind === 'RoleBinding' ? binding.metadata?.namespace : undefined;
    const role = roles.find(({ kind, metadata }) => {
      const same = kind === binding.roleRef?.kind && metadata?.name === binding.roleRef?.name;
      return same && (kind === 'ClusterRole' || metadata?.namespace === namespace);
    });
    if (role === undefined) throw new Error(`the manifest binds ${binding.roleRef?.name}, which it does not hold`);
    return bound(role, namespace);
  });
}

function bound(role: Manifest, namespace: string | undefined): BoundRule[] {
  const name = role.metadata?.name ?? 'unnamed';
  return (role.rules ?? []).map(rule => ({ ...rule, role: name, ...(namespace === undefined ? {} : { namespace }) }));
}

/** A user of a simulated cluster with exactly the rights of a manifest; its token is `NAME-token`. */
export function userOfManifest(name: string, yaml: string): SimUser {
  return { name, token: `${name}-token`, rules: rulesOfManifest(yaml) };
}
