import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';

/** Waiting reasons of a pod that is simply on its way up. */
const STARTING = ['ContainerCreating', 'PodInitializing', ''];

/** Why a pod is not ready, as its status tells, in one line; empty when it is ready or only starts up. */
export function podTrouble(pod: V1Pod): string {
  const conditions = pod.status?.conditions ?? [];
  if (conditions.some(condition => condition.type === 'Ready' && condition.status === 'True')) return '';
  const placed = conditions.find(condition => condition.type === 'PodScheduled');
  if (placed?.status === 'False') return [placed.reason, placed.message].filter(Boolean).join(': ');
  const containers = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const stuck = containers.map(containerTrouble).find(text => text !== '');
  if (stuck !== undefined) return stuck;
  return [pod.status?.reason, pod.status?.message].filter(Boolean).join(': ');
}

function containerTrouble({ name, restartCount, state, lastState }: V1ContainerStatus): string {
  const restarts = restartCount > 0 ? `, ${restartCount} restart${restartCount === 1 ? '' : 's'}` : '';
  const ended = lastState?.terminated;
  const last = ended ? `, ended last with ${ended.reason ?? `exit code ${ended.exitCode}`}` : '';
  const waiting = state?.waiting?.reason ?? '';
  if (!STARTING.includes(waiting)) return `${waiting} in ${name}${restarts}${last}`;
  // Between its end and the back-off before the next start.
  if (state?.terminated && state.terminated.exitCode !== 0)
    return `${state.terminated.reason ?? 'Error'} in ${name}${restarts}`;
  return restartCount > 0 && state?.running ? `${name} runs but is not ready${restarts}${last}` : '';
}
