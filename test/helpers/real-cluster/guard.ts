import type { PodView } from '../../../shared/domain/facts.ts';
import type { ClusterApi } from '../../../shared/ports/cluster.ts';

/** The same API, but that it refuses to change any other node, or pods of any other namespace. */
export function guarded(api: ClusterApi, node: string, namespace: string): ClusterApi {
  const checkPod = (pod: PodView): void => {
    if (pod.namespace !== namespace) throw new Error(`a test was about to remove pod ${pod.namespace}/${pod.name}`);
  };
  return {
    ...api,
    updateNode(name, change, signal) {
      if (name !== node) throw new Error(`a test was about to change node ${name}`);
      return api.updateNode(name, change, signal);
    },
    evictPod(pod, options, signal) {
      checkPod(pod);
      return api.evictPod(pod, options, signal);
    },
    deletePod(pod, options, signal) {
      checkPod(pod);
      return api.deletePod(pod, options, signal);
    },
  };
}
