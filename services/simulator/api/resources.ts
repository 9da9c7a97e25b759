/** One kind of object the server keeps. */
export interface Resource {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  /** Has `/status`: main writes leave the status alone, status writes the spec. */
  readonly hasStatus: boolean;
  /** `metadata.generation` rises with the spec. */
  readonly counted: boolean;
  /** In `kubectl get all`. */
  readonly inAll: boolean;
}

type Traits = Partial<Pick<Resource, 'shortNames' | 'hasStatus' | 'counted' | 'inAll'>> & { cluster?: boolean };

function resource(apiVersion: string, kind: string, plural: string, traits: Traits = {}): Resource {
  const slash = apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    plural,
    singular: kind.toLowerCase(),
    kind,
    namespaced: !traits.cluster,
    shortNames: traits.shortNames ?? [],
    hasStatus: traits.hasStatus ?? false,
    counted: traits.counted ?? false,
    inAll: traits.inAll ?? false,
  };
}

const workload = { hasStatus: true, counted: true, inAll: true };

/** Every kind the server keeps. Plurals are unique among them, so they serve as keys. */
export const RESOURCES: readonly Resource[] = [
  resource('v1', 'ConfigMap', 'configmaps', { shortNames: ['cm'] }),
  resource('v1', 'Event', 'events', { shortNames: ['ev'] }),
  resource('v1', 'Namespace', 'namespaces', { cluster: true, shortNames: ['ns'], hasStatus: true }),
  resource('v1', 'Node', 'nodes', { cluster: true, shortNames: ['no'], hasStatus: true }),
  resource('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims', { shortNames: ['pvc'], hasStatus: true }),
  resource('v1', 'Pod', 'pods', { shortNames: ['po'], hasStatus: true, counted: true, inAll: true }),
  resource('v1', 'ReplicationController', 'replicationcontrollers', { ...workload, shortNames: ['rc'] }),
  resource('apps/v1', 'DaemonSet', 'daemonsets', { ...workload, shortNames: ['ds'] }),
  resource('apps/v1', 'Deployment', 'deployments', { ...workload, shortNames: ['deploy'] }),
  resource('apps/v1', 'ReplicaSet', 'replicasets', { ...workload, shortNames: ['rs'] }),
  resource('apps/v1', 'StatefulSet', 'statefulsets', { ...workload, shortNames: ['sts'] }),
  resource('batch/v1', 'Job', 'jobs', workload),
  resource('coordination.k8s.io/v1', 'Lease', 'leases'),
  resource('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets', {
    shortNames: ['pdb'],
    hasStatus: true,
    counted: true,
  }),
  resource('scheduling.k8s.io/v1', 'PriorityClass', 'priorityclasses', { cluster: true, shortNames: ['pc'] }),
  resource('storage.k8s.io/v1', 'VolumeAttachment', 'volumeattachments', { cluster: true, hasStatus: true }),
];

const byPlural = new Map(RESOURCES.map(r => [r.plural, r]));

/** The kind kept under a plural name. Throws when there is none: a mistake in the simulator. */
export function resourceOf(plural: string): Resource {
  const found = byPlural.get(plural);
  if (found === undefined) throw new Error(`no such kind: ${plural}`);
  return found;
}

/** The kind at `group/version/plural`, undefined when the server does not keep it. */
export function findResource(group: string, version: string, plural: string): Resource | undefined {
  const found = byPlural.get(plural);
  return found?.group === group && found.version === version ? found : undefined;
}

/** Whether the server keeps anything of a group in this version. */
export function isKnownGroup(group: string, version: string): boolean {
  return RESOURCES.some(r => r.group === group && r.version === version);
}

/** `v1` or `apps/v1`. */
export function apiVersionOf(r: Pick<Resource, 'group' | 'version'>): string {
  return r.group === '' ? r.version : `${r.group}/${r.version}`;
}

/** `nodes` or `daemonsets.apps`: how messages name a kind. */
export function qualifiedName(r: Resource): string {
  return r.group === '' ? r.plural : `${r.plural}.${r.group}`;
}
