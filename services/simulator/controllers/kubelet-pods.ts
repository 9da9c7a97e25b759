import { conditionIs, type NewCondition, withCondition } from '../api/conditions.ts';
import type { Core } from '../api/core.ts';
import { at, type Kube, kubeTime, listAt, textAt } from '../api/object.ts';
import { removeNow } from '../api/remove.ts';
import { resourceOf } from '../api/resources.ts';
import { START_MS, STOP_MS } from '../api/seed-workloads.ts';
import type { SimTimings } from '../api/types.ts';

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

/** Running and Ready. */
export function startPod(core: Core, pod: Kube): void {
  run(core, pod, 0);
}

/** Running and Ready again after its machine was away. */
export function restartPod(core: Core, pod: Kube): void {
  const restarts = at(listAt(pod, 'status', 'containerStatuses')[0], 'restartCount');
  run(core, pod, (typeof restarts === 'number' ? restarts : 0) + 1);
}

function run(core: Core, pod: Kube, restartCount: number): void {
  const now = kubeTime(core.now());
  const ready = upConditions.map((type): NewCondition => ({ type, status: 'True' }));
  const up = withCondition(pod, core.now(), ...ready);
  const containerStatuses = listAt(pod, 'spec', 'containers').map(container => ({
    name: container['name'],
    state: { running: { startedAt: now } },
    lastState: {},
    ready: true,
    restartCount,
    image: container['image'],
    imageID: '',
    started: true,
  }));
  const status = {
    ...up.status,
    phase: 'Running',
    podIP: textAt(pod, 'status', 'podIP') || addressFor(pod),
    startTime: at(pod, 'status', 'startTime') ?? now,
    containerStatuses,
  };
  core.store.replace(pods, pod, { ...up, status });
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
  core.store.replace(pods, pod, withCondition(pod, core.now(), put('Ready'), put('ContainersReady')));
}

/** Gone for good. */
export function stopPod(core: Core, pod: Kube): void {
  removeNow(core, pods, pod);
}
