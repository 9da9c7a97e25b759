import { conditionIs, type NewCondition, withCondition } from '../api/conditions.ts';
import type { Core } from '../api/core.ts';
import { at, type Json, type Kube, kubeTime, listAt, plainText, textAt } from '../api/object.ts';
import { removeNow } from '../api/remove.ts';
import { resourceOf } from '../api/resources.ts';
import { FATE, RUN_MS, START_MS, STOP_MS } from '../api/seed-workloads.ts';
import type { SimTimings } from '../api/types.ts';
import type { PodFate } from '../api/workloads.ts';

const pods = resourceOf('pods');
const upConditions = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'];

function annotatedMs(pod: Kube, key: string): number | undefined {
  const text = pod.metadata.annotations?.[key];
  return text === undefined ? undefined : Number(text);
}

/** How long a pod takes to become Ready. */
export function startsAfterMs(pod: Kube, timings: SimTimings): number {
  return annotatedMs(pod, START_MS) ?? timings.podStartMs;
}

/** How long a pod takes to stop: killed when its grace is over. */
export function stopsAfterMs(pod: Kube, timings: SimTimings): number {
  const grace = (pod.metadata.deletionGracePeriodSeconds ?? 30) * 1000;
  return Math.min(annotatedMs(pod, STOP_MS) ?? timings.podStopMs, grace);
}

/** How long a pod runs before it ends by itself; undefined: for ever. */
export function runsForMs(pod: Kube): number | undefined {
  return annotatedMs(pod, RUN_MS);
}

/** What becomes of a pod that starts, by its annotation. */
export function fateOf(pod: Kube): PodFate | undefined {
  return pod.metadata.annotations?.[FATE] as PodFate | undefined;
}

/** How often its first container has been started anew. */
export function restartsOf(pod: Kube): number {
  const restarts = at(listAt(pod, 'status', 'containerStatuses')[0], 'restartCount');
  return typeof restarts === 'number' ? restarts : 0;
}

/** Running: Ready, or what its fate says. */
export function startPod(core: Core, pod: Kube): void {
  run(core, pod, 0);
}

/** The same after its machine was away, or after a crash. */
export function restartPod(core: Core, pod: Kube): void {
  run(core, pod, restartsOf(pod) + 1);
}

/** Ended by itself. */
export function endPod(core: Core, pod: Kube): void {
  const failed = fateOf(pod) === 'fails';
  const terminated = terminatedState(core, failed ? 1 : 0);
  const reason = failed ? 'PodFailed' : 'PodCompleted';
  const put = (type: string) => ({ type, status: 'False', reason }) as const;
  const ended = withCondition(pod, core.now(), put('Ready'), put('ContainersReady'));
  const containerStatuses = listAt(pod, 'status', 'containerStatuses').map(status => ({
    ...status,
    state: { terminated },
    ready: false,
    started: false,
  }));
  const phase = failed ? 'Failed' : 'Succeeded';
  core.store.replace(pods, pod, { ...ended, status: { ...ended.status, phase, containerStatuses } });
}

function terminatedState(core: Core, exitCode: number): Json {
  const now = kubeTime(core.now());
  return { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedAt: now, finishedAt: now };
}

function run(core: Core, pod: Kube, restartCount: number): void {
  const now = kubeTime(core.now());
  const fate = fateOf(pod);
  const ready = fate !== 'never-ready' && fate !== 'crash-loop';
  const up = withCondition(pod, core.now(), ...upConditions.map(type => conditionFor(type, ready)));
  const message = `back-off restarting failed container=main pod=${pod.metadata.name}`;
  const life =
    fate === 'crash-loop'
      ? {
          state: { waiting: { reason: 'CrashLoopBackOff', message } },
          lastState: { terminated: terminatedState(core, 1) },
        }
      : { state: { running: { startedAt: now } }, lastState: {} };
  const containerStatuses = listAt(pod, 'spec', 'containers').map(container => ({
    name: container['name'],
    ...life,
    ready,
    restartCount,
    image: container['image'],
    imageID: `sim://${plainText(container['image'])}`,
    containerID: `sim://${(pod.metadata.uid ?? '').slice(0, 8)}-${plainText(container['name'])}`,
    started: fate !== 'crash-loop',
  }));
  const addresses = addressesOf(core, pod);
  const startTime = at(pod, 'status', 'startTime') ?? now;
  const status = { ...up.status, phase: 'Running', ...addresses, startTime, containerStatuses };
  core.store.replace(pods, pod, { ...up, status });
}

function conditionFor(type: string, ready: boolean): NewCondition {
  if (ready || (type !== 'Ready' && type !== 'ContainersReady')) return { type, status: 'True' };
  const message = 'containers with unready status: [main]';
  return { type, status: 'False', reason: 'ContainersNotReady', message };
}

function addressesOf(core: Core, pod: Kube): Json {
  const node = core.store.get(resourceOf('nodes'), '', textAt(pod, 'spec', 'nodeName'));
  const hostIP = textAt(listAt(node, 'status', 'addresses')[0], 'address');
  const podIP = textAt(pod, 'status', 'podIP') || addressFor(pod);
  return { hostIP, hostIPs: [{ ip: hostIP }], podIP, podIPs: [{ ip: podIP }] };
}

/** Some address of the pod network, made from the uid. */
function addressFor(pod: Kube): string {
  const bytes = (pod.metadata.uid ?? '000000').slice(0, 6).match(/../g) ?? [];
  return `10.${bytes.map(byte => Number.parseInt(byte, 16)).join('.')}`;
}

/** Not Ready: its containers are gone. */
export function unready(core: Core, pod: Kube): void {
  if (!conditionIs(pod, 'Ready', 'True')) return;
  const reason = 'ContainersNotReady';
  const put = (type: string) => ({ type, status: 'False', reason }) as const;
  const marked = withCondition(pod, core.now(), put('Ready'), put('ContainersReady'));
  const containerStatuses = listAt(pod, 'status', 'containerStatuses').map(status => ({ ...status, ready: false }));
  core.store.replace(pods, pod, { ...marked, status: { ...marked.status, containerStatuses } });
}

/** Gone for good. */
export function stopPod(core: Core, pod: Kube): void {
  removeNow(core, pods, pod);
}
