import type { GateSettings } from './gate/settings.ts';
import type { ClusterPolicy } from './policy.ts';
import { parseResource } from './resource-name.ts';
import type { UserCheck } from './user-check.ts';

/** What a rollout may do in a cluster, one verb of one resource. */
export interface Permission {
  readonly verb: string;
  readonly group: string;
  /** With a subresource: `pods/eviction`. */
  readonly resource: string;
  /** Only there. Default: everywhere. */
  readonly namespace?: string;
}

/**
 * When a right is needed: always; unless all pods are deleted; only if pods are deleted; for Leases, in their namespaces;
 * if steps are told as Events.
 */
export type RightFor = 'rollout' | 'evictions' | 'deletions' | 'leases' | 'events';

/** A right and why it is needed. */
export interface NeededRight {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly for: RightFor;
  /** Completes "needed to …". */
  readonly purpose: string;
}

/** Events of objects that are in no namespace, as Nodes, are kept in this one; the API server refuses any other. */
export const EVENTS_NAMESPACE = 'default';

const right =
  (of: RightFor, group: string, resource: string) =>
  (verb: string, purpose: string): NeededRight => ({ verb, group, resource, for: of, purpose });

const nodes = right('rollout', '', 'nodes');
const pods = right('rollout', '', 'pods');
const leases = right('leases', 'coordination.k8s.io', 'leases');
const events = right('events', '', 'events');

/**
 * Every right a rollout needs. The manifests in deploy/kubernetes and docs/permissions.md are made from it
 * (`npm run docs`), doctor asks for it, and a test shows that a rollout needs each and no other.
 */
export const NEEDED_RIGHTS: readonly NeededRight[] = [
  nodes('get', 'look at a node before each step changes anything'),
  nodes('list', 'plan, and see at each claim who is ready and who is away'),
  nodes('patch', 'cordon, mark and uncordon'),
  pods('list', 'know the pods of a node'),
  pods('watch', 'see evicted pods go'),
  right('deletions', '', 'pods')('delete', 'delete pods instead of evicting them'),
  right('evictions', '', 'pods/eviction')('create', 'evict pods'),
  right('rollout', '', 'persistentvolumeclaims')('get', 'tell the volumes of pods that stay from those waited for'),
  right('rollout', 'apps', 'daemonsets')('get', 'tell pods of a DaemonSet from those whose DaemonSet is gone'),
  right(
    'rollout',
    'policy',
    'poddisruptionbudgets',
  )('list', 'judge claims, and say what a budget that refuses has left'),
  right('rollout', 'storage.k8s.io', 'volumeattachments')('list', 'wait until volumes are detached'),
  leases('get', 'see who works on the cluster and on its nodes'),
  leases('create', 'take the cluster and its nodes for the first time'),
  leases('update', 'renew, give back and take again'),
  events('create', 'tell of each step on the Node'),
  events('patch', 'count a step that is told again'),
];

/** What decides which rights are needed. */
export interface RightsPolicy extends Partial<Pick<ClusterPolicy, 'nodeLease' | 'nodeEvents'>> {
  readonly leaseNamespace: string;
  /** Whether pods are deleted instead of evicted: none, those that budgets refuse for long, all. */
  readonly deletePods: 'never' | 'refused' | 'always';
  /** The checks of the user's own: those that look at objects need rights of their own. Default: none. */
  readonly checks?: readonly UserCheck[];
  /** What they look at and hold needs rights of its own. Default: none. */
  readonly gates?: readonly GateSettings[];
}

/** The permissions a rollout under this policy needs. */
export function neededPermissions(policy: RightsPolicy): Permission[] {
  const always = NEEDED_RIGHTS.flatMap(({ verb, group, resource, for: of }) =>
    placesOf(of, policy).map(namespace => ({ verb, group, resource, ...(namespace === null ? {} : { namespace }) })),
  );
  const keyOf = (each: Permission): string => `${each.verb} ${each.group} ${each.resource} ${each.namespace ?? ''}`;
  return [
    ...new Map(
      [...always, ...rightsOfChecks(policy.checks ?? []), ...rightsOfGates(policy.gates ?? [])].map(each => [
        keyOf(each),
        each,
      ]),
    ).values(),
  ];
}

/** Reading one object is `get`, selecting some is `list`; a namespace that differs from node to node counts as any. */
function rightsOfChecks(checks: readonly UserCheck[]): Permission[] {
  return checks.flatMap((check): Permission[] => {
    if (check.kind !== 'condition') return [];
    const { resource, namespace, name } = check.objects;
    const { plural, group } = parseResource(resource);
    const place = namespace === '' || namespace.includes('{') ? {} : { namespace };
    return [{ verb: name === '' ? 'list' : 'get', group, resource: plural, ...place }];
  });
}

/** What pods gates list and DaemonSets kured gates read is among the rights of every rollout. */
function rightsOfGates(gates: readonly GateSettings[]): Permission[] {
  return gates.flatMap((gate): Permission[] => {
    if (gate.kind === 'longhorn') {
      const { namespace } = gate;
      return ['volumes', 'replicas'].map(resource => ({ verb: 'list', group: 'longhorn.io', resource, namespace }));
    }
    if (gate.kind !== 'kured' || gate.lock !== 'hold') return [];
    return [{ verb: 'patch', group: 'apps', resource: 'daemonsets', namespace: gate.namespace }];
  });
}

/** Where a right is needed: namespaces, null for everywhere; empty: not at all. */
function placesOf(of: RightFor, policy: RightsPolicy): (string | null)[] {
  const { leaseNamespace, deletePods, nodeLease, nodeEvents = false } = policy;
  if (of === 'leases') return [...new Set([leaseNamespace, nodeLease?.namespace ?? leaseNamespace])];
  if (of === 'events') return nodeEvents ? [EVENTS_NAMESPACE] : [];
  if (of === 'deletions') return deletePods === 'never' ? [] : [null];
  if (of === 'evictions') return deletePods === 'always' ? [] : [null];
  return [null];
}
