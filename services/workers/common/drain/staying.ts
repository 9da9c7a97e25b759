import { isFinished } from '../../../../shared/domain/drain/filters.ts';
import { failureOf } from '../../../../shared/domain/failure.ts';
import type { ClusterApi } from '../../../../shared/ports/cluster.ts';

/** The volumes of the pods that are on a node now. */
export interface StayingVolumes {
  /** Names of PersistentVolumes. */
  readonly volumes: ReadonlySet<string>;
  /** Claims that could not be read, and why: their volumes count as not used. */
  readonly unread: readonly string[];
}

/** Looks up what the pods on a node keep attached: those of DaemonSets, those the drain leaves alone. */
export async function stayingVolumes(cluster: ClusterApi, node: string, signal: AbortSignal): Promise<StayingVolumes> {
  // Of all pods: those a podSelector leaves out stay too.
  const pods = await cluster.listPodsOnNode(node, '', signal);
  const claims = new Map<string, { namespace: string; claim: string }>();
  for (const pod of pods.filter(each => !isFinished(each))) {
    const { namespace } = pod;
    for (const claim of pod.claims) claims.set(`${namespace}/${claim}`, { namespace, claim });
  }
  const volumes = new Set<string>();
  const unread: string[] = [];
  const ask = async (key: string, namespace: string, claim: string): Promise<void> => {
    try {
      const volume = await cluster.volumeOfClaim(namespace, claim, signal);
      if (volume !== null) volumes.add(volume);
    } catch (error) {
      signal.throwIfAborted();
      unread.push(`claim ${key} cannot be read: ${failureOf(error).message}`);
    }
  };
  await Promise.all([...claims].map(([key, { namespace, claim }]) => ask(key, namespace, claim)));
  return { volumes, unread };
}
