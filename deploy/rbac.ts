import { EVENTS_NAMESPACE, NEEDED_RIGHTS, type NeededRight, type RightFor } from '../shared/domain/permissions.ts';

const NAME = 'nodetide';
/** The default of `policy.leaseNamespace`. */
const LEASE_NAMESPACE = 'kube-system';

const HEAD = `# Made from shared/domain/permissions.ts by \`npm run docs\`; docs/permissions.md says what each rule is for.
`;

const ACCOUNT = `apiVersion: v1
kind: Namespace
metadata:
  name: ${NAME}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: ${NAME}
  namespace: ${NAME}
`;

/** deploy/kubernetes/rbac.yaml: what every rollout needs with the default policy. */
export function rbacManifest(): string {
  return [
    `${HEAD}# The rights of a rollout and a ServiceAccount that has them. Leases are kept in ${LEASE_NAMESPACE}, the default of\n` +
      '# leaseNamespace: where a fleet names another one, or nodeLease has its own, change the namespace of their Role.\n' +
      ACCOUNT,
    role('ClusterRole', NAME, null, ['rollout', 'evictions']),
    role('Role', `${NAME}-leases`, LEASE_NAMESPACE, ['leases']),
    role('Role', `${NAME}-events`, EVENTS_NAMESPACE, ['events']),
  ].join('---\n');
}

/** deploy/kubernetes/rbac-delete-pods.yaml: what deleting pods needs besides. */
export function deletePodsManifest(): string {
  return (
    `${HEAD}# Only for fleets whose policy deletes pods: drain.disableEviction or drain.deleteRefusedAfter.\n` +
    role('ClusterRole', `${NAME}-delete-pods`, null, ['deletions'])
  );
}

/** A role with its binding; `namespace` null: for everywhere. */
function role(
  kind: 'ClusterRole' | 'Role',
  name: string,
  namespace: string | null,
  parts: readonly RightFor[],
): string {
  const where = namespace === null ? '' : `  namespace: ${namespace}\n`;
  const api = 'apiVersion: rbac.authorization.k8s.io/v1\n';
  const rules = rulesOf(NEEDED_RIGHTS.filter(right => parts.includes(right.for)));
  const head = `${api}kind: ${kind}\nmetadata:\n  name: ${name}\n${where}rules:\n${rules.join('')}`;
  const binding = `${api}kind: ${kind}Binding\nmetadata:\n  name: ${name}\n${where}`;
  const reference = `roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ${kind}\n  name: ${name}\n`;
  const subject = `subjects:\n  - kind: ServiceAccount\n    name: ${NAME}\n    namespace: ${NAME}\n`;
  return `${head}---\n${binding}${reference}${subject}`;
}

/** One rule a resource. */
function rulesOf(rights: readonly NeededRight[]): string[] {
  const resources = new Map<string, NeededRight[]>();
  for (const each of rights) {
    const key = `${each.group}/${each.resource}`;
    resources.set(key, [...(resources.get(key) ?? []), each]);
  }
  return [...resources.values()].map(each => {
    const [{ group, resource } = { group: '', resource: '' }] = each;
    const verbs = each.map(({ verb }) => verb).join(', ');
    return `  - apiGroups: ["${group}"]\n    resources: [${resource}]\n    verbs: [${verbs}]\n`;
  });
}

const PAGE = `# Permissions

What nodetide may do in a cluster, and no more. \`kubectl apply -f deploy/kubernetes/rbac.yaml\` makes the ServiceAccount
\`${NAME}\` in namespace \`${NAME}\` with exactly these rights; any other user or group may be named in the bindings. Where the
policy deletes pods (\`drain.disableEviction\`, \`drain.deleteRefusedAfter\`), \`deploy/kubernetes/rbac-delete-pods.yaml\` too.

\`nodetide doctor\` asks each cluster whether all of them are there. Besides these, a rollout uses what every authenticated
user has: discovery, \`/version\` and reviews of its own rights.

Leases are kept in \`leaseNamespace\` (\`${LEASE_NAMESPACE}\`) and in the namespace of \`nodeLease\`; Events of Nodes in \`${EVENTS_NAMESPACE}\`, unless
\`nodeEvents\` is off. All other rights hold for the whole cluster.

A check of yours that looks at objects (\`condition\` in \`verify.checks\`) needs \`get\` of its resource if it names one object, and
\`list\` if it selects some: in the namespace it names, else in all. The files do not have these rights; doctor asks for them.

This page and both files are made from \`shared/domain/permissions.ts\` by \`npm run docs\`. A test runs a rollout with exactly
these rights, and takes away each of them to see that something fails.
`;

/** docs/permissions.md. */
export function permissionsPage(): string {
  const rows = NEEDED_RIGHTS.map(({ verb, group, resource, purpose, for: of }) => {
    const only = of === 'deletions' ? ' (only where the policy deletes pods)' : '';
    return `| ${group === '' ? 'core' : `\`${group}\``} | \`${resource}\` | ${verb} | ${purpose}${only} |`;
  });
  return [PAGE, '| API group | resource | verb | needed to |', '|---|---|---|---|', ...rows, ''].join('\n');
}
