import type { IntOrString, V1Node, V1Pod, V1PodDisruptionBudget, V1Toleration } from '@kubernetes/client-node';
import type { NodeView, PdbView, PodView } from '../domain/facts.ts';
import { placementOf, requirementsOf, roomOf } from './placement.ts';
import { podTrouble } from './pod-trouble.ts';

/** A time as client-node gives it: a Date out of its models, a string out of a watch. null: there is none. */
export function timeMs(time: Date | string | null | undefined): number | null {
  if (time === undefined || time === null) return null;
  const ms = time instanceof Date ? time.getTime() : Date.parse(time);
  return Number.isNaN(ms) ? null : ms;
}

/** A Node as we see it. */
export function nodeView(node: V1Node): NodeView {
  const ready = node.status?.conditions?.find(condition => condition.type === 'Ready');
  const isReady = ready?.status === 'True';
  const info = node.status?.nodeInfo;
  return {
    name: node.metadata?.name ?? '',
    uid: node.metadata?.uid ?? '',
    resourceVersion: node.metadata?.resourceVersion ?? '',
    labels: node.metadata?.labels ?? {},
    annotations: node.metadata?.annotations ?? {},
    unschedulable: node.spec?.unschedulable === true,
    ready: isReady,
    notReadyReason: isReady ? '' : notReadyReason(ready),
    readySinceMs: isReady ? timeMs(ready.lastTransitionTime) : null,
    heartbeatMs: timeMs(ready?.lastHeartbeatTime),
    bootId: info?.bootID ?? '',
    kernelVersion: info?.kernelVersion ?? '',
    osImage: info?.osImage ?? '',
    kubeletVersion: info?.kubeletVersion ?? '',
    addresses: (node.status?.addresses ?? []).map(({ type, address }) => ({ type, address })),
    room: roomOf(node),
  };
}

function notReadyReason(ready: { status?: string; reason?: string; message?: string } | undefined): string {
  if (!ready) return 'the Node has no Ready condition';
  return [ready.reason, ready.message].filter(Boolean).join(': ') || `Ready is ${ready.status}`;
}

/** A pod as we see it. */
export function podView(pod: V1Pod): PodView {
  const meta = pod.metadata;
  const controller = meta?.ownerReferences?.find(owner => owner.controller === true);
  return {
    namespace: meta?.namespace ?? '',
    name: meta?.name ?? '',
    uid: meta?.uid ?? '',
    nodeName: pod.spec?.nodeName ?? '',
    phase: pod.status?.phase ?? '',
    ready: pod.status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True') ?? false,
    deletionMs: timeMs(meta?.deletionTimestamp),
    finalizers: meta?.finalizers ?? [],
    labels: meta?.labels ?? {},
    // The kubelet sets it on the API's shadow of a static pod; an empty value counts too.
    mirror: meta?.annotations?.['kubernetes.io/config.mirror'] !== undefined,
    emptyDir: pod.spec?.volumes?.some(volume => volume.emptyDir !== undefined && volume.emptyDir !== null) ?? false,
    toleratesCordon: pod.spec?.tolerations?.some(toleratesCordon) ?? false,
    claims: claimsOf(pod),
    priorityClass: pod.spec?.priorityClassName ?? '',
    trouble: podTrouble(pod),
    placement: placementOf(pod),
    controller: controller ? { apiVersion: controller.apiVersion, kind: controller.kind, name: controller.name } : null,
  };
}

/** A generic ephemeral volume has a claim named after pod and volume. */
function claimsOf(pod: V1Pod): string[] {
  return (pod.spec?.volumes ?? []).flatMap(volume => {
    if (volume.persistentVolumeClaim) return [volume.persistentVolumeClaim.claimName];
    return volume.ephemeral ? [`${pod.metadata?.name ?? ''}-${volume.name}`] : [];
  });
}

/** Whether it covers `node.kubernetes.io/unschedulable:NoSchedule`, a taint without a value. */
function toleratesCordon(toleration: V1Toleration): boolean {
  const { key = '', operator = 'Equal', value = '', effect = '' } = toleration;
  if (effect !== '' && effect !== 'NoSchedule') return false;
  if (key === '') return operator === 'Exists';
  return key === 'node.kubernetes.io/unschedulable' && (operator === 'Exists' || value === '');
}

/** A budget's numbers as we see them. */
export function pdbView(pdb: V1PodDisruptionBudget): PdbView {
  return {
    namespace: pdb.metadata?.namespace ?? '',
    name: pdb.metadata?.name ?? '',
    desiredHealthy: pdb.status?.desiredHealthy ?? 0,
    currentHealthy: pdb.status?.currentHealthy ?? 0,
    disruptionsAllowed: pdb.status?.disruptionsAllowed ?? 0,
    expectedPods: pdb.status?.expectedPods ?? 0,
    selector: requirementsOf(pdb.spec?.selector),
    minAvailable: amountText(pdb.spec?.minAvailable),
    maxUnavailable: amountText(pdb.spec?.maxUnavailable),
    unhealthyPods: pdb.spec?.unhealthyPodEvictionPolicy ?? 'IfHealthyBudget',
    observed: (pdb.status?.observedGeneration ?? 0) >= (pdb.metadata?.generation ?? 0),
  };
}

function amountText(amount: IntOrString | undefined | null): string | null {
  return typeof amount === 'number' || typeof amount === 'string' ? `${amount}` : null;
}
