import { type Json, type Kube, kubeTime, listAt } from './object.ts';

/** A condition of an object; undefined when it has none of this type. */
export function conditionOf(object: Kube, type: string): Json | undefined {
  return listAt(object, 'status', 'conditions').find(condition => condition['type'] === type);
}

/** Whether a condition has this status. */
export function conditionIs(object: Kube, type: string, status: 'True' | 'False' | 'Unknown'): boolean {
  return conditionOf(object, type)?.['status'] === status;
}

/** A condition to put: fields of Kubernetes' own names. */
export interface NewCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  /** Of the object the condition speaks of. */
  readonly observedGeneration?: number;
  /** Nodes only: seconds-precise time of the last heartbeat. */
  readonly lastHeartbeatTime?: string;
}

/** A copy with these conditions put; lastTransitionTime moves only when a status changes. */
export function withCondition(object: Kube, now: number, ...puts: readonly NewCondition[]): Kube {
  const conditions = [...listAt(object, 'status', 'conditions')];
  for (const put of puts) {
    const index = conditions.findIndex(condition => condition['type'] === put.type);
    const condition = conditionAfter(object.kind, conditions[index], put, now);
    if (index < 0) conditions.push(condition);
    else conditions[index] = condition;
  }
  return { ...object, status: { ...object.status, conditions } };
}

/** Field by field: this is done for every pod of a cluster, and spreads are what it would cost. */
function conditionAfter(kind: string | undefined, before: Json | undefined, put: NewCondition, now: number): Json {
  const condition: Json = { type: put.type, status: put.status };
  if (put.observedGeneration !== undefined) condition['observedGeneration'] = put.observedGeneration;
  if (kind === 'Pod') condition['lastProbeTime'] = null;
  const heartbeat = put.lastHeartbeatTime ?? before?.['lastHeartbeatTime'];
  if (heartbeat !== undefined) condition['lastHeartbeatTime'] = heartbeat;
  const same = before?.['status'] === put.status;
  condition['lastTransitionTime'] = same ? before?.['lastTransitionTime'] : kubeTime(now);
  if (put.reason !== undefined) condition['reason'] = put.reason;
  if (put.message !== undefined) condition['message'] = put.message;
  return condition;
}
