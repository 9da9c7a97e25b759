import { withCondition } from './conditions.ts';
import type { Core } from './core.ts';
import type { Kube } from './object.ts';
import { SYSTEM_PRIORITIES } from './pod-defaults.ts';
import { resourceOf } from './resources.ts';
import { nodeObject } from './seed-nodes.ts';
import { barePodObject, jobObject, pdbObject, workloadObject } from './seed-workloads.ts';
import type { SimApiOptions } from './types.ts';
import type { JobSpec } from './workloads.ts';
import { createObject, nameSuffix } from './write.ts';

const pods = resourceOf('pods');

/** Fills an empty store. Pods of workloads come from the controllers. */
export function seed(core: Core, options: SimApiOptions): void {
  const create = (plural: string, object: Kube) =>
    createObject(core, resourceOf(plural), object, object.metadata.namespace);
  for (const name of namespacesOf(options)) create('namespaces', { metadata: namespaceMeta(name) });
  for (const [name, value] of Object.entries(SYSTEM_PRIORITIES))
    create('priorityclasses', { metadata: { name }, value });
  for (const [index, node] of options.nodes.entries()) create('nodes', nodeObject(node, core.now(), index));
  for (const spec of options.workloads ?? []) {
    const { plural, object } = workloadObject(spec);
    create(plural, object);
  }
  for (const spec of options.jobs ?? []) seedEnded(core, spec, create('jobs', jobObject(spec)));
  for (const spec of options.pods ?? []) {
    const object = barePodObject(spec);
    const node = spec.node === undefined ? undefined : core.store.get(resourceOf('nodes'), '', spec.node);
    if (spec.mirror && node !== undefined) object.metadata.ownerReferences = [ownerOf(node, 'v1', 'Node')];
    const pod = create('pods', object);
    if (spec.phase === 'Succeeded' || spec.phase === 'Failed') end(core, pod, spec.phase);
  }
  for (const spec of options.pdbs ?? []) create('poddisruptionbudgets', pdbObject(spec));
  for (const namespace of options.namespaces ?? []) if (namespace.terminating) terminate(core, namespace.name);
}

function namespacesOf(options: SimApiOptions): Set<string> {
  const named = [options.workloads, options.jobs, options.pods, options.pdbs].flatMap(specs =>
    (specs ?? []).map((spec: { namespace?: string }) => spec.namespace ?? 'default'),
  );
  const extra = (options.namespaces ?? []).map(namespace => namespace.name);
  return new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease', ...named, ...extra]);
}

function namespaceMeta(name: string) {
  return { name, labels: { 'kubernetes.io/metadata.name': name } };
}

function ownerOf(owner: Kube, apiVersion: string, kind: string) {
  return { apiVersion, kind, name: owner.metadata.name, uid: owner.metadata.uid ?? '', controller: true };
}

/** Pods of a job that have done their work; they stay listed on the nodes they ran on. */
function seedEnded(core: Core, spec: JobSpec, job: Kube): void {
  const nodes = core.store.list(resourceOf('nodes'));
  for (let i = 0; i < (spec.succeeded ?? 0); i++) {
    const node = nodes[i % nodes.length]?.metadata.name;
    const bare = barePodObject({
      name: `${spec.name}-${nameSuffix()}`,
      namespace: spec.namespace ?? 'default',
      labels: job.metadata.labels ?? {},
      ...(node === undefined ? {} : { node }),
      ...(spec.emptyDir === undefined ? {} : { emptyDir: spec.emptyDir }),
    });
    bare.metadata.ownerReferences = [ownerOf(job, 'batch/v1', 'Job')];
    end(core, createObject(core, pods, bare, undefined), 'Succeeded');
  }
}

function end(core: Core, pod: Kube, phase: 'Succeeded' | 'Failed'): void {
  const reason = phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed';
  const ended = withCondition(pod, core.now(), { type: 'Ready', status: 'False', reason });
  core.store.replace(pods, pod, { ...ended, status: { ...ended.status, phase } });
}

function terminate(core: Core, name: string): void {
  const r = resourceOf('namespaces');
  const namespace = core.store.get(r, '', name);
  if (namespace !== undefined)
    core.store.replace(r, namespace, { ...namespace, status: { ...namespace.status, phase: 'Terminating' } });
}
