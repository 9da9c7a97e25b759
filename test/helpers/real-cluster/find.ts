import type { KubeConfig } from '@kubernetes/client-node';
import { openCluster } from '../../../shared/kubernetes/open.ts';
import type { ClusterApi } from '../../../shared/ports/cluster.ts';

/** Only nodes with this label are touched: `kubectl label node NODE nodetide.io/test=true`. */
export const TEST_LABEL = 'nodetide.io/test';

/** The cluster that KUBECONFIG names, and what of it may be touched. */
export interface RealCluster {
  readonly config: KubeConfig;
  /** As the user of the current context (or `NODETIDE_TEST_CONTEXT`), who must be an administrator. */
  readonly api: ClusterApi;
  /** Ready and schedulable nodes that are labelled for it; at least one. */
  readonly nodes: readonly string[];
}

/** Opens it; a text says why there is nothing to run on. Changes nothing. */
export async function findRealCluster(): Promise<RealCluster | string> {
  if (!process.env['KUBECONFIG']) return 'KUBECONFIG names no cluster';
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromDefault();
  const context = process.env['NODETIDE_TEST_CONTEXT'] ?? config.getCurrentContext();
  config.setCurrentContext(context);
  const api = apiOf(context);
  const all = await api.listNodes(AbortSignal.timeout(30_000));
  const labelled = all.filter(node => node.labels[TEST_LABEL] === 'true');
  const nodes = labelled.filter(node => node.ready && !node.unschedulable).map(node => node.name);
  if (nodes.length > 0) return { config, api, nodes };
  await api.close();
  if (labelled.length > 0) return `no node with ${TEST_LABEL}=true is Ready and schedulable`;
  return `no node carries ${TEST_LABEL}=true, so none is touched`;
}

/** The real client under another context of the same KUBECONFIG. */
export function apiOf(context: string): ClusterApi {
  return openCluster(`real-${context}`, { inCluster: false, context });
}
