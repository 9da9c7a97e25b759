import type { Core } from './core.ts';
import { at, type Json, type Kube, listAt, textAt } from './object.ts';
import { resourceOf } from './resources.ts';

/** The classes every cluster has. */
export const SYSTEM_PRIORITIES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

/** What the API server adds to a pod that is created: its priority by its class, its quality of service. */
export function withPodDefaults(core: Core, pod: Kube): Kube {
  const { status: _status, spec, ...bare } = pod;
  const whole = {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    ...spec,
    priority: priorityOf(core, textAt(pod, 'spec', 'priorityClassName')),
  };
  return { ...bare, spec: whole, status: { phase: 'Pending', qosClass: qosOf(pod) } };
}

/** Of the class, or 0. */
function priorityOf(core: Core, className: string): number {
  const value = className === '' ? 0 : at(core.store.get(resourceOf('priorityclasses'), '', className), 'value');
  return typeof value === 'number' ? value : (SYSTEM_PRIORITIES[className] ?? 0);
}

function qosOf(pod: Kube): string {
  const all = [...listAt(pod, 'spec', 'containers'), ...listAt(pod, 'spec', 'initContainers')];
  const of = (container: Json, part: string, name: string) => at(container, 'resources', part, name);
  const parts = all.flatMap(container =>
    ['cpu', 'memory'].map(name => [of(container, 'requests', name), of(container, 'limits', name)] as const),
  );
  if (parts.every(([request, limit]) => request === undefined && limit === undefined)) return 'BestEffort';
  const full = parts.every(([request, limit]) => limit !== undefined && (request === undefined || request === limit));
  return full ? 'Guaranteed' : 'Burstable';
}
