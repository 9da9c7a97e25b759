import type { Json, Kube } from './object.ts';
import type { BarePodSpec, JobSpec, PdbSpec, PodTraits, WorkloadSpec } from './workloads.ts';

/** Annotations that carry a pod's own latencies, in ms, and its fate. */
export const START_MS = 'simulator/start-ms';
export const STOP_MS = 'simulator/stop-ms';
export const RUN_MS = 'simulator/run-ms';
export const FATE = 'simulator/fate';

const shortToleration = { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 };
const tolerations = [
  { key: 'node.kubernetes.io/not-ready', ...shortToleration },
  { key: 'node.kubernetes.io/unreachable', ...shortToleration },
];

/** The spec of a pod with one container that does nothing in particular. */
function podSpec(traits: PodTraits, restartPolicy = 'Always'): Json {
  const resources = traits.requests === undefined ? {} : { requests: traits.requests };
  return {
    ...(traits.emptyDir ? { volumes: [{ name: 'scratch', emptyDir: {} }] } : {}),
    containers: [{ name: 'main', image: 'registry.local/app:1', resources, imagePullPolicy: 'IfNotPresent' }],
    restartPolicy,
    terminationGracePeriodSeconds: traits.graceSeconds ?? 30,
    dnsPolicy: 'ClusterFirst',
    ...(traits.nodeSelector === undefined ? {} : { nodeSelector: traits.nodeSelector }),
    serviceAccountName: 'default',
    ...(traits.affinity === undefined ? {} : { affinity: traits.affinity }),
    schedulerName: 'default-scheduler',
    tolerations: traits.tolerateAll ? [{ operator: 'Exists' }] : tolerations,
    ...(traits.priorityClassName === undefined ? {} : { priorityClassName: traits.priorityClassName }),
  };
}

function notes(traits: PodTraits): Record<string, string> {
  const all = { [START_MS]: traits.startMs, [STOP_MS]: traits.stopMs, [RUN_MS]: traits.runMs, [FATE]: traits.fate };
  const said = Object.entries(all).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said.map(([key, value]) => [key, String(value)]));
}

function template(labels: Readonly<Record<string, string>>, traits: PodTraits, restartPolicy?: string): Json {
  const annotations = notes(traits);
  const metadata = { labels, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) };
  return { metadata, spec: podSpec(traits, restartPolicy) };
}

const pluralOf = {
  Deployment: 'deployments',
  ReplicaSet: 'replicasets',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
  ReplicationController: 'replicationcontrollers',
} as const;

/** A workload's object and the kind it is kept under. */
export function workloadObject(spec: WorkloadSpec): { plural: string; object: Kube } {
  const labels = spec.labels ?? { app: spec.name };
  const isDaemonSet = spec.kind === 'DaemonSet';
  const traits = isDaemonSet ? { tolerateAll: true, ...spec } : spec;
  const object: Kube = {
    metadata: { name: spec.name, namespace: spec.namespace ?? 'default', labels: { ...labels } },
    spec: {
      ...(isDaemonSet ? {} : { replicas: spec.replicas ?? 1 }),
      selector: spec.kind === 'ReplicationController' ? labels : { matchLabels: labels },
      template: template(labels, traits),
    },
  };
  return { plural: pluralOf[spec.kind], object };
}

/** A job's object. Its pods that have ended are made beside it. */
export function jobObject(spec: JobSpec): Kube {
  const labels = { 'job-name': spec.name, ...spec.labels };
  return {
    metadata: { name: spec.name, namespace: spec.namespace ?? 'default', labels },
    spec: {
      parallelism: spec.active ?? 1,
      completions: (spec.active ?? 1) + (spec.succeeded ?? 0),
      selector: { matchLabels: labels },
      backoffLimit: 6,
      template: template(labels, spec, 'Never'),
    },
  };
}

/** A pod without a controller, bound to its node where one is named. */
export function barePodObject(spec: BarePodSpec): Kube {
  const annotations = notes(spec);
  if (spec.mirror) annotations['kubernetes.io/config.mirror'] = '0';
  const bound = spec.node === undefined ? {} : { nodeName: spec.node };
  return {
    metadata: {
      name: spec.name,
      namespace: spec.namespace ?? 'default',
      labels: { ...(spec.labels ?? { app: spec.name }) },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: { ...podSpec(spec), ...bound },
  };
}

/** A budget's object. */
export function pdbObject(spec: PdbSpec): Kube {
  const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy } = spec;
  return {
    metadata: { name: spec.name, namespace: spec.namespace ?? 'default' },
    spec: {
      ...(minAvailable === undefined ? {} : { minAvailable }),
      ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
      selector: { matchLabels: spec.matchLabels },
      ...(unhealthyPodEvictionPolicy === undefined ? {} : { unhealthyPodEvictionPolicy }),
    },
  };
}
