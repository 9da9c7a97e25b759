import type { V1DeleteOptions } from '@kubernetes/client-node';
import type { PodView } from '../domain/facts.ts';
import type { EvictionAnswer, RemoveOptions } from '../ports/cluster.ts';
import type { Connection } from './connection.ts';
import { evictionAnswer } from './eviction.ts';
import { allPages, pageQuery } from './pages.ts';
import { podView } from './views.ts';

/** The pods of a node, and the resourceVersion of that moment. */
export async function listPods(
  connection: Connection,
  node: string,
  selector: string,
  signal: AbortSignal,
): Promise<{ pods: PodView[]; resourceVersion: string }> {
  const fieldSelector = `spec.nodeName=${node}`;
  const filter = selector === '' ? { fieldSelector } : { fieldSelector, labelSelector: selector };
  const list = await allPages(token =>
    connection.call({ doing: `list pods of node ${node}`, signal }, options =>
      connection.core.listPodForAllNamespaces({ ...filter, ...pageQuery(token) }, options),
    ),
  );
  return { pods: list.items.map(podView), resourceVersion: list.resourceVersion };
}

/** All pods of a namespace, or of the cluster (`namespace` empty). */
export async function listPodsIn(
  connection: Connection,
  namespace: string,
  selector: string,
  signal: AbortSignal,
): Promise<PodView[]> {
  const filter = selector === '' ? {} : { labelSelector: selector };
  const asked = { doing: namespace === '' ? 'list pods' : `list pods of namespace ${namespace}`, signal };
  const list = await allPages(token =>
    connection.call(asked, options => {
      const query = { ...filter, ...pageQuery(token) };
      if (namespace === '') return connection.core.listPodForAllNamespaces(query, options);
      return connection.core.listNamespacedPod({ namespace, ...query }, options);
    }),
  );
  return list.items.map(podView);
}

/** Evicts (or deletes) exactly this pod: a pod that has only its name is left alone. */
export async function removePod(
  connection: Connection,
  pod: PodView,
  how: RemoveOptions & { readonly evict: boolean },
  signal: AbortSignal,
): Promise<EvictionAnswer> {
  const { namespace, name, uid } = pod;
  const deleteOptions: V1DeleteOptions = { preconditions: { uid } };
  if (how.gracePeriodSeconds >= 0) deleteOptions.gracePeriodSeconds = how.gracePeriodSeconds;
  if (how.dryRun) deleteOptions.dryRun = ['All'];
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
  const metadata = { namespace, name };
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata, deleteOptions };
  const asked = { doing: `${how.evict ? 'evict' : 'delete'} pod ${namespace}/${name}`, signal, write: true };
  try {
    if (how.evict) await connection.send(asked, { method: 'POST', path: `${path}/eviction`, body: eviction });
    else await connection.send(asked, { method: 'DELETE', path, body: deleteOptions });
    return { kind: 'accepted' };
  } catch (error) {
    signal.throwIfAborted();
    return evictionAnswer(error);
  }
}
