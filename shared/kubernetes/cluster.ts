import type { ClusterApi } from '../ports/cluster.ts';
import type { Connection } from './connection.ts';
import { annotateDaemonSet, daemonSetExists } from './daemon-sets.ts';
import { postEvent } from './events.ts';
import { readLease, writeLease } from './leases.ts';
import { listNodes, readNode, updateNode } from './nodes.ts';
import { readObjects } from './objects.ts';
import { allPages, pageQuery } from './pages.ts';
import { listPods, listPodsIn, removePod } from './pods.ts';
import { allowed, serverInfo } from './server.ts';
import { pdbView } from './views.ts';
import { listVolumeAttachments, volumeOfClaim } from './volumes.ts';
import { watchPods } from './watch.ts';

/** The ClusterApi over client-node; `connection` is asked for at each call and opens at the first. */
export function clusterApi(
  name: string,
  connection: () => Promise<Connection>,
  close: () => Promise<void>,
): ClusterApi {
  return {
    name,
    listNodes: async signal => listNodes(await connection(), signal),
    getNode: async (node, signal) => readNode(await connection(), node, signal),
    updateNode: async (node, change, signal) => updateNode(await connection(), node, change, signal),
    listPodsOnNode: async (node, selector, signal) => (await listPods(await connection(), node, selector, signal)).pods,
    listPods: async (namespace, selector, signal) => listPodsIn(await connection(), namespace, selector, signal),
    daemonSetExists: async (namespace, set, signal) => daemonSetExists(await connection(), namespace, set, signal),
    evictPod: async (pod, options, signal) => removePod(await connection(), pod, { ...options, evict: true }, signal),
    deletePod: async (pod, options, signal) => removePod(await connection(), pod, { ...options, evict: false }, signal),
    watchPodsOnNode: async (node, onPods, signal) =>
      watchPods({ connection: await connection(), cluster: name, node, onPods, signal }),
    readObjects: async (objects, signal) => readObjects(await connection(), objects, signal),
    annotateDaemonSet: async (place, version, annotations, signal) =>
      annotateDaemonSet(await connection(), place, version, annotations, signal),
    listPdbs: async signal => listPdbs(await connection(), signal),
    listVolumeAttachments: async (node, signal) => listVolumeAttachments(await connection(), node, signal),
    volumeOfClaim: async (namespace, claim, signal) => volumeOfClaim(await connection(), namespace, claim, signal),
    getLease: async (namespace, lease, signal) => readLease(await connection(), namespace, lease, signal),
    putLease: async (namespace, lease, wish, signal) => writeLease(await connection(), namespace, lease, wish, signal),
    postEvent: async (event, signal) => postEvent(await connection(), event, signal),
    canI: async (permission, signal) => allowed(await connection(), permission, signal),
    serverInfo: async signal => serverInfo(await connection(), signal),
    close,
  };
}

async function listPdbs(connection: Connection, signal: AbortSignal) {
  const list = await allPages(token =>
    connection.call({ doing: 'list poddisruptionbudgets', signal }, options =>
      connection.policy.listPodDisruptionBudgetForAllNamespaces(pageQuery(token), options),
    ),
  );
  return list.items.map(pdbView);
}
