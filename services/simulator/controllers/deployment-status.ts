import type { Core } from '../api/core.ts';
import { at, type Json, type Kube, kubeTime, listAt, plainText } from '../api/object.ts';

/** The status of a Deployment: sums over its ReplicaSets, and what follows from them. Zeros are left out. */
export function deploymentStatus(core: Core, deployment: Kube, sets: readonly Kube[], current: string): Json {
  const wanted = Number(at(deployment, 'spec', 'replicas') ?? 1);
  const sum = (field: string) => sets.reduce((total, set) => total + Number(at(set, 'status', field) ?? 0), 0);
  const counts = {
    replicas: sum('replicas'),
    updatedReplicas: Number(
      at(
        sets.find(set => set.metadata.name === current),
        'status',
        'replicas',
      ) ?? 0,
    ),
    readyReplicas: sum('readyReplicas'),
    availableReplicas: sum('availableReplicas'),
    unavailableReplicas: Math.max(0, wanted - sum('availableReplicas')),
  };
  const { updatedReplicas, availableReplicas, replicas } = counts;
  const isThrough = updatedReplicas === wanted && replicas === wanted && availableReplicas === wanted;
  return {
    observedGeneration: deployment.metadata.generation,
    ...Object.fromEntries(Object.entries(counts).filter(([, value]) => value > 0)),
    terminatingReplicas: 0,
    conditions: conditionsOf(core, deployment, current, availableReplicas >= leastOf(deployment, wanted), isThrough),
  };
}

function leastOf(deployment: Kube, wanted: number): number {
  const value = at(deployment, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable') ?? '25%';
  const margin = typeof value === 'number' ? value : Math.floor((Number.parseInt(plainText(value), 10) * wanted) / 100);
  return wanted - margin;
}

function conditionsOf(core: Core, deployment: Kube, current: string, isAvailable: boolean, isThrough: boolean): Json[] {
  const set = `ReplicaSet "${current}"`;
  const available = isAvailable
    ? ['True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.']
    : ['False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.'];
  const progress = isThrough
    ? ['True', 'NewReplicaSetAvailable', `${set} has successfully progressed.`]
    : ['True', 'ReplicaSetUpdated', `${set} is progressing.`];
  let conditions = [...listAt(deployment, 'status', 'conditions')];
  for (const [type, [status = '', reason = '', message = '']] of [
    ['Available', available],
    ['Progressing', progress],
  ] as const) {
    const before = conditions.find(one => one['type'] === type);
    if (before?.['status'] === status && before['reason'] === reason && before['message'] === message) continue;
    const now = kubeTime(core.now());
    const lastTransitionTime = before?.['status'] === status ? before['lastTransitionTime'] : now;
    const condition = { type, status, lastUpdateTime: now, lastTransitionTime, reason, message };
    conditions = [...conditions.filter(one => one !== before), condition];
  }
  return conditions;
}
