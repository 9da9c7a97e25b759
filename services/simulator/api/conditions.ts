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
  /** Nodes only: seconds-precise time of the last heartbeat. */
  readonly lastHeartbeatTime?: string;
}

/** A copy with these conditions put; lastTransitionTime moves only when a status changes. */
export function withCondition(object: Kube, now: number, ...puts: readonly NewCondition[]): Kube {
  const conditions = [...listAt(object, 'status', 'conditions')];
  for (const put of puts) {
    const index = conditions.findIndex(condition => condition['type'] === put.type);
    const before = conditions[index];
    const same = before?.['status'] === put.status;
    const probe = object.kind === 'Pod' ? { lastProbeTime: null } : {};
    const heartbeat =
      before?.['lastHeartbeatTime'] === undefined ? {} : { lastHeartbeatTime: before['lastHeartbeatTime'] };
    const lastTransitionTime = same ? before?.['lastTransitionTime'] : kubeTime(now);
    const condition = { ...probe, ...heartbeat, lastTransitionTime, ...put };
    if (index < 0) conditions.push(condition);
    else conditions[index] = condition;
  }
  return { ...object, status: { ...object.status, conditions } };
}
