import type { Json, Kube, KubeMeta } from '../../../services/simulator/api/object.ts';
import type { SimCluster, SimObjects } from '../../../services/simulator/api/types.ts';
import { type SimApiWithClient, simCluster } from '../sim-cluster.ts';
import type { Budget, DrainCase, OwnerKind, PodGroup } from './case.ts';

/** The node that is drained. */
export const CASE_NODE = 'a';
/** Long enough to be never, in these tests: what is under way stays under way. */
const NEVER_MS = '3600000';
/** The grace of pods that are terminating from the start, in seconds; it only lets the simulated kubelet wait. */
const LONG_GRACE = 600;

/** A simulated cluster with the pods of a case. */
export interface SeededCase extends SimApiWithClient {
  /** The pods on the node at the beginning: UID → group. */
  readonly pods: ReadonlyMap<string, number>;
}

/** Starts a cluster of its own for the case. The same case gives the same names. */
export async function seedCase(given: DrainCase): Promise<SeededCase> {
  const nodes = given.spare ? [CASE_NODE, 'b'] : [CASE_NODE];
  const cluster = await simCluster(nodes, { namespaces: [{ name: 'ops' }, { name: 'shop' }] });
  const { objects, faults } = cluster.sim;
  // The ReplicaSet of a Deployment is made here, and finished pods of Jobs stay finished.
  for (const controller of ['deployment', 'job'] as const) faults.pause(controller);
  if (given.budgets.some(each => each.shape === 'late')) {
    faults.pause('disruption');
    resumeWhenRefused(cluster.sim);
  }
  // All in one go: controllers look when it is there.
  const pods = new Map(given.groups.flatMap((group, at) => seedGroup(objects, group, at)));
  given.budgets.forEach((budget, at) => seedBudget(objects, given, budget, at));
  if (given.terminating)
    objects.patch('namespaces', '', 'shop', { status: { phase: 'Terminating' } }, 'merge', 'status');
  return { ...cluster, pods };
}

/** A budget that was not looked at in time is looked at after it has refused once. */
function resumeWhenRefused(sim: SimCluster): void {
  const timer = setInterval(() => {
    if (!sim.requests.some(each => each.status === 429)) return;
    clearInterval(timer);
    sim.faults.resume('disruption');
  }, 50);
  timer.unref();
}

function seedGroup(objects: SimObjects, group: PodGroup, at: number): [string, number][] {
  const owner = seedOwner(objects, group, at);
  const names = Array.from({ length: group.count }, (_one, index) => `g${at}-${index}`);
  return names.map(name => {
    const pod = objects.create('pods', podOf(group, at, name, owner));
    const status = { phase: group.phase, conditions: [{ type: 'Ready', status: group.ready ? 'True' : 'False' }] };
    objects.patch('pods', group.namespace, name, { status }, 'merge', 'status');
    return [pod.metadata.uid ?? '', at];
  });
}

function podOf(group: PodGroup, at: number, name: string, owner: Json | null): Kube {
  const { deletedAgo } = group;
  const isLeaving = deletedAgo !== null;
  const metadata: KubeMeta = {
    name,
    namespace: group.namespace,
    labels: labelsOf(group, at),
    annotations: {
      'simulator/start-ms': NEVER_MS,
      ...(isLeaving ? { 'simulator/stop-ms': NEVER_MS } : {}),
      ...(group.mirror ? { 'kubernetes.io/config.mirror': '0' } : {}),
    },
    ...(owner === null ? {} : { ownerReferences: [owner as unknown as NonNullable<KubeMeta['ownerReferences']>[0]] }),
  };
  if (isLeaving) {
    metadata.deletionTimestamp = `${new Date(Date.now() - deletedAgo * 1000).toISOString().slice(0, 19)}Z`;
    metadata.deletionGracePeriodSeconds = LONG_GRACE;
  }
  const grace = isLeaving ? { terminationGracePeriodSeconds: LONG_GRACE } : {};
  return { metadata, spec: { ...specOf(group), ...grace, nodeName: CASE_NODE } };
}

function labelsOf(group: PodGroup, at: number): Record<string, string> {
  return { group: `g${at}`, ...(group.labelled ? { drain: 'yes' } : {}) };
}

const VOLUMES: Readonly<Record<PodGroup['volume'], Json>> = {
  none: {},
  emptyDir: { emptyDir: {} },
  'emptyDir-memory': { emptyDir: { medium: 'Memory' } },
  claim: { persistentVolumeClaim: { claimName: 'data' } },
};
const TOLERATIONS: Readonly<Record<PodGroup['tolerates'], readonly Json[]>> = {
  nothing: [],
  cordon: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' }],
  all: [{ operator: 'Exists' }],
};

function specOf(group: PodGroup): Json {
  return {
    containers: [{ name: 'main', image: 'registry.local/app:1' }],
    tolerations: TOLERATIONS[group.tolerates],
    ...(group.volume === 'none' ? {} : { volumes: [{ name: 'data', ...VOLUMES[group.volume] }] }),
  };
}

const ABSENT = { uid: 'absent', controller: true };
/** Owners nobody has to have: a reference is all that counts. */
const REFERENCES: Partial<Record<OwnerKind, (name: string) => Json>> = {
  ReplicationController: name => ({ apiVersion: 'v1', kind: 'ReplicationController', name, ...ABSENT }),
  custom: name => ({ apiVersion: 'example.org/v1', kind: 'Database', name, ...ABSENT }),
  'not-controlling': name => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: 'absent', controller: false }),
  'DaemonSet-gone': name => ({ apiVersion: 'apps/v1', kind: 'DaemonSet', name, ...ABSENT }),
  'DaemonSet-foreign-gone': name => ({ apiVersion: 'example.org/v1', kind: 'DaemonSet', name, ...ABSENT }),
};
const PLURALS: Partial<Record<OwnerKind, string>> = {
  ReplicaSet: 'replicasets',
  Deployment: 'replicasets',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
  'DaemonSet-foreign': 'daemonsets',
  Job: 'jobs',
};

/** The reference to the group's owner, which is made where there has to be one. */
function seedOwner(objects: SimObjects, group: PodGroup, at: number): Json | null {
  const name = `g${at}`;
  const reference = REFERENCES[group.owner]?.(name);
  const plural = PLURALS[group.owner];
  if (plural === undefined) return reference ?? null;
  const above = group.owner === 'Deployment' ? seedAbove(objects, group, at) : null;
  const made = objects.create(plural, workloadOf(group, at, plural, above));
  const { apiVersion = '', kind = '', metadata } = made;
  const foreign = group.owner === 'DaemonSet-foreign' ? { apiVersion: 'example.org/v1', uid: 'absent' } : {};
  return { apiVersion, kind, name, uid: metadata.uid, controller: true, ...foreign };
}

function seedAbove(objects: SimObjects, group: PodGroup, at: number): Kube {
  return objects.create('deployments', workloadOf(group, at, 'deployments', null));
}

function workloadOf(group: PodGroup, at: number, plural: string, above: Kube | null): Kube {
  const labels = labelsOf(group, at);
  // A controller replaces at once what has ended or is on its way out: it has wanted no more than the others.
  const isActive = group.deletedAgo === null && group.phase !== 'Succeeded' && group.phase !== 'Failed';
  const replicas = isActive || plural === 'statefulsets' ? group.count : 0;
  const scaled = plural === 'daemonsets' || plural === 'jobs' ? {} : { replicas };
  const owner = above?.metadata;
  const ownerReferences = owner && [
    { apiVersion: 'apps/v1', kind: 'Deployment', name: owner.name, uid: owner.uid ?? '', controller: true },
  ];
  // One that only has the name puts no pods of its own here.
  const nowhere = group.owner === 'DaemonSet-foreign' ? { nodeSelector: { no: 'where' } } : {};
  const template = { metadata: { labels }, spec: { ...specOf(group), ...nowhere } };
  return {
    metadata: { name: `g${at}`, namespace: group.namespace, labels, ...(ownerReferences ? { ownerReferences } : {}) },
    spec: { ...scaled, selector: { matchLabels: labels }, template },
  };
}

const SHAPES: Readonly<Record<Budget['shape'], Json>> = {
  allowing: { maxUnavailable: '100%' },
  late: { maxUnavailable: '100%' },
  one: { maxUnavailable: 1 },
  'min-one': { minAvailable: 1 },
  exhausted: { minAvailable: '100%' },
  never: { maxUnavailable: 0 },
};

function seedBudget(objects: SimObjects, given: DrainCase, budget: Budget, at: number): void {
  const index = budget.group % given.groups.length;
  const policy = budget.unhealthy === null ? {} : { unhealthyPodEvictionPolicy: budget.unhealthy };
  objects.create('poddisruptionbudgets', {
    metadata: { name: `budget-${at}`, namespace: given.groups[index]?.namespace ?? '' },
    spec: { ...SHAPES[budget.shape], ...policy, selector: { matchLabels: { group: `g${index}` } } },
  });
}

/** The pods of the beginning that are still on the node: how many of each group. */
export function leftOf(seeded: SeededCase): number[] {
  const counts: number[] = [];
  for (const group of seeded.pods.values()) counts[group] = 0;
  for (const pod of seeded.sim.objects.list('pods')) {
    const group = seeded.pods.get(pod.metadata.uid ?? '');
    if (group !== undefined) counts[group] = (counts[group] ?? 0) + 1;
  }
  return counts;
}

/** Resolves when every pod whose eviction was granted is gone, but for those that never stop. */
export function settled(seeded: SeededCase): Promise<void> {
  const { objects } = seeded.sim;
  return new Promise(resolve => {
    const stop = objects.onChange('pods', look);
    function look(): void {
      if (objects.list('pods').some(pod => isGoing(pod) && seeded.pods.has(pod.metadata.uid ?? ''))) return;
      stop();
      resolve();
    }
    look();
  });
}

function isGoing({ metadata }: Kube): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.annotations?.['simulator/stop-ms'] === undefined;
}
