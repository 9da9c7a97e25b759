import { withCondition } from '../api/conditions.ts';
import type { Core } from '../api/core.ts';
import type { Kube } from '../api/object.ts';
import { deleteObject, readDeleteOptions } from '../api/remove.ts';
import { RESOURCES, resourceOf } from '../api/resources.ts';
import { createQueue } from './queue.ts';

const namespaces = resourceOf('namespaces');
const contents = RESOURCES.filter(r => r.namespaced);

/** Empties the namespaces that are being deleted, then lets them go. */
export function startNamespaces(core: Core): () => void {
  const queue = createQueue(core, 'namespace', name => {
    const namespace = core.store.get(namespaces, '', name);
    if (namespace?.metadata.deletionTimestamp !== undefined) empty(core, namespace);
  });
  const isEnding = (name: string | undefined) =>
    core.store.get(namespaces, '', name ?? '')?.metadata.deletionTimestamp !== undefined;
  const stops = [
    core.store.subscribe(namespaces, ({ type, object }) => {
      if (type !== 'DELETED' && object.metadata.deletionTimestamp !== undefined) queue.add(object.metadata.name);
    }),
    ...contents.map(r =>
      core.store.subscribe(r, ({ type, object }) => {
        const { namespace } = object.metadata;
        if (type === 'DELETED' && namespace !== undefined && isEnding(namespace)) queue.add(namespace);
      }),
    ),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function empty(core: Core, namespace: Kube): void {
  const { name } = namespace.metadata;
  for (const r of contents)
    for (const object of core.store.list(r, name))
      if (object.metadata.deletionTimestamp === undefined) deleteObject(core, r, object, readDeleteOptions(undefined));
  if (contents.some(r => core.store.list(r, name).length > 0)) return;
  const said = core.store.replace(namespaces, namespace, withCondition(namespace, core.now(), ...emptied));
  core.store.remove(namespaces, said);
}

/** What the controller says of a namespace with nothing left in it. */
const emptied = [
  ['NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'],
  ['NamespaceDeletionGroupVersionParsingFailure', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
  [
    'NamespaceDeletionContentFailure',
    'ContentDeleted',
    'All content successfully deleted, may be waiting on finalization',
  ],
  ['NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed'],
  ['NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
].map(([type = '', reason = '', message = '']) => ({ type, status: 'False', reason, message }) as const);
