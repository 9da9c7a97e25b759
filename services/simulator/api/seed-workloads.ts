import type { Json, Kube } from './object.ts';
import type { BarePodSpec, JobSpec, PdbSpec, WorkloadSpec } from './workloads.ts';

/** Annotations that carry a pod's own latencies, in ms. */
export const START_MS = 'simulator/start-ms';
export const STOP_MS = 'simulator/stop-ms';

type PodTraits = Pick<
  WorkloadSpec,
  'emptyDir' | 'graceSeconds' | 'startMs' | 'stopMs' | 'nodeSelector' | 'tolerateAll'
>;

const shortToleration = { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 };
const tolerations = [
  { key: 'node.kubernetes.io/not-ready', ...shortToleration },
  { key: 'node.kubernetes.io/unreachable', ...shortToleration },
];

/** The spec of a pod with one container that does nothing in particular. */
function podSpec(traits: PodTraits): Json {
  return {
    ...(traits.emptyDir ? { volumes: [{ name: 'scratch', emptyDir: {} }] } : {}),
    containers: [{ name: 'main', image: 'registry.local/app:1', resources: {}, imagePullPolicy: 'IfNotPresent' }],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: traits.graceSeconds ?? 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'default',
    ...(traits.nodeSelector === undefined ? {} : { nodeSelector: traits.nodeSelector }),
    schedulerName: 'default-scheduler',
    tolerations: traits.tolerateAll ? [{ operator: 'Exists' }] : tolerations,
  };
}

function latencies(traits: PodTraits): Record<string, string> {
  return {
    ...(traits.startMs === undefined ? {} : { [START_MS]: String(traits.startMs) }),
    ...(traits.stopMs === undefined ? {} : { [STOP_MS]: String(traits.stopMs) }),
  };
}

function template(labels: Readonly<Record<string, string>>, traits: PodTraits): Json {
  const annotations = latencies(traits);
  const metadata = { labels, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) };
  return { metadata, spec: podSpec(traits) };
}

const pluralOf = {
  Deployment: 'deployments',
  ReplicaSet: 'replicasets',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
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
      selector: { matchLabels: labels },
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
      template: template(labels, spec.emptyDir === undefined ? {} : { emptyDir: spec.emptyDir }),
    },
  };
}

/** A pod without a controller, bound to its node where one is named. */
export function barePodObject(spec: BarePodSpec): Kube {
  const annotations = latencies(spec);
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
