import type { NodeView } from '../domain/facts.ts';
import type { FleetCluster, InventorySource } from '../domain/fleet.ts';
import type { ClusterInventory, SourceRecords } from '../domain/inventory.ts';
import type { ClusterPolicy } from '../domain/policy.ts';
import type { ClusterReader } from '../ports/cluster.ts';
import type { ReaderConnector } from '../ports/connect.ts';
import { fromKubernetes } from './kubernetes.ts';
import { mergeSources } from './merge.ts';
import { fromSalt } from './salt.ts';
import { fromStatic } from './static.ts';

/** What collecting needs from outside. */
export interface CollectPorts {
  readonly connectCluster: ReaderConnector;
  readText(file: string): Promise<string>;
}

/**
 * Asks all sources of a cluster. A cluster with Kubernetes is always asked for its Nodes, whatever the sources: each
 * host must be known to be one of them, or none.
 * @throws StepError when the cluster's API cannot be asked
 */
export async function collectCluster(
  cluster: FleetCluster,
  ports: CollectPorts,
  signal: AbortSignal,
): Promise<ClusterInventory> {
  const { name, kubernetes } = cluster;
  const api = kubernetes && ports.connectCluster(name, kubernetes);
  const [nodes, ownPods] = await Promise.all([api && api.listNodes(signal), ownPodsOf(api, cluster.policy, signal)]);
  const records = await Promise.all(cluster.sources.map(source => readSource(name, source, nodes ?? [], ports)));
  const { hosts, problems } = mergeSources(name, records);
  const known = new Set(hosts.map(host => host.name));
  const leftOut = records.flatMap(source => source.leftOut).filter(each => !known.has(each.node));
  return { cluster: name, hosts, nodes, ownPods, leftOut, problems };
}

/** The pods of nodetide itself that run or are about to. */
async function ownPodsOf(
  api: ClusterReader | null,
  { ownPods }: Pick<ClusterPolicy, 'ownPods'>,
  signal: AbortSignal,
): Promise<NonNullable<ClusterInventory['ownPods']>> {
  if (!api || ownPods === '') return [];
  const pods = await api.listPods('', ownPods, signal);
  const running = pods.filter(pod => pod.nodeName !== '' && pod.phase !== 'Succeeded' && pod.phase !== 'Failed');
  return running.map(pod => ({ pod: `${pod.namespace}/${pod.name}`, node: pod.nodeName }));
}

async function readSource(
  cluster: string,
  source: InventorySource,
  nodes: readonly NodeView[],
  ports: CollectPorts,
): Promise<SourceRecords> {
  if (source.kind === 'kubernetes') return fromKubernetes(cluster, source, nodes);
  if (source.kind === 'static') return fromStatic(source);
  try {
    return fromSalt(cluster, source, await ports.readText(source.file));
  } catch (error) {
    const message = `${source.file} cannot be read: ${(error as Error).message}`;
    const problems = [{ code: 'grains-unreadable', cluster, message }];
    return { source: source.file, overrides: source.overrides, hosts: [], leftOut: [], problems };
  }
}
