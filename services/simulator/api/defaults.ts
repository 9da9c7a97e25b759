import type { Core } from './core.ts';
import { type Json, type Kube, listAt, plainText } from './object.ts';
import { withPodDefaults } from './pod-defaults.ts';
import type { Resource } from './resources.ts';

/** What the API server fills in: each field where nothing is said. */
function withSpecDefaults(spec: Json): Json {
  const containers = (key: string) =>
    spec[key] === undefined ? {} : { [key]: listAt(spec, key).map(container => withContainerDefaults(container)) };
  const { initContainers: _init, containers: _containers, ...rest } = spec;
  return {
    ...containers('initContainers'),
    ...containers('containers'),
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    ...rest,
  };
}

/** On a node that is lost every pod may stay for five minutes, where it does not say otherwise. */
function withTolerations(spec: Json): Json {
  const own = listAt(spec, 'tolerations');
  const added = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
    .filter(key => !own.some(one => (one['key'] === key || one['key'] === undefined) && one['effect'] !== 'NoSchedule'))
    .map(key => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }));
  return added.length === 0 ? spec : { ...spec, tolerations: [...own, ...added] };
}

function withContainerDefaults(container: Json): Json {
  const latest = /(:latest|^[^:@]+)$/.test(plainText(container['image']).replace(/^.*\//, ''));
  return {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: latest ? 'Always' : 'IfNotPresent',
    ...container,
  };
}

function withTemplateDefaults(spec: Json): Json {
  const template = (spec['template'] ?? {}) as Json;
  return { ...spec, template: { ...template, spec: withSpecDefaults((template['spec'] ?? {}) as Json) } };
}

const rolling = (rollingUpdate: Json): Json => ({ type: 'RollingUpdate', rollingUpdate });

const bySpec: Readonly<Record<string, (spec: Json) => Json>> = {
  pods: withSpecDefaults,
  deployments: spec => ({
    replicas: 1,
    strategy: rolling({ maxUnavailable: '25%', maxSurge: '25%' }),
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    ...withTemplateDefaults(spec),
  }),
  replicasets: spec => ({ replicas: 1, ...withTemplateDefaults(spec) }),
  statefulsets: spec => ({
    replicas: 1,
    podManagementPolicy: 'OrderedReady',
    updateStrategy: rolling({ partition: 0 }),
    revisionHistoryLimit: 10,
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    ...withTemplateDefaults(spec),
  }),
  daemonsets: spec => ({
    updateStrategy: rolling({ maxUnavailable: 1, maxSurge: 0 }),
    revisionHistoryLimit: 10,
    ...withTemplateDefaults(spec),
  }),
  namespaces: spec => ({ finalizers: ['kubernetes'], ...spec }),
};

/** An object as it is stored when it is created: with its defaults and the status a new one has. */
export function withDefaults(core: Core, r: Resource, object: Kube): Kube {
  const { status, ...bare } = object;
  const spec = bySpec[r.plural]?.(object.spec ?? {}) ?? object.spec;
  const dressed: Kube = spec === undefined ? bare : { ...bare, spec };
  switch (r.plural) {
    case 'pods':
      return withPodDefaults(core, { ...dressed, spec: withTolerations(dressed.spec ?? {}) });
    case 'namespaces':
      return { ...withNameLabel(dressed), status: { phase: 'Active' } };
    case 'nodes':
    case 'volumeattachments':
      return status === undefined ? dressed : { ...dressed, status };
    case 'events':
      return { ...dressed, eventTime: null, reportingComponent: '', reportingInstance: '', ...newFields(dressed) };
    default:
      return r.hasStatus ? { ...dressed, status: {} } : dressed;
  }
}

function newFields(event: Kube): Json {
  const { eventTime, reportingComponent, reportingInstance } = event;
  return Object.fromEntries(
    Object.entries({ eventTime, reportingComponent, reportingInstance }).filter(([, value]) => value !== undefined),
  );
}

function withNameLabel(namespace: Kube): Kube {
  const labels = { 'kubernetes.io/metadata.name': namespace.metadata.name, ...namespace.metadata.labels };
  return { ...namespace, metadata: { ...namespace.metadata, labels } };
}
