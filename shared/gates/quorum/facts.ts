import type { NodeView, PodView } from '../../domain/facts.ts';
import { failureOf } from '../../domain/failure.ts';
import { type NamedMember, parseMembers, type QuorumGateSettings } from '../../domain/gate/quorum.ts';
import type { PlanCluster } from '../../domain/plan.ts';
import { probeUrl } from '../../domain/probe-url.ts';
import type { GateSources } from '../gate.ts';
import { memberNames } from './members.ts';

/** What is known of members besides their Nodes. */
export interface QuorumFacts {
  /** As the command printed them; null: there is no command. */
  readonly named: readonly NamedMember[] | null;
  /** The static pods of API servers and of etcd that the cluster shows, as kubeadm, k3s and RKE2 label them. */
  readonly pods: readonly PodView[];
  /** What was wrong with the answers of members, by name; null: nothing. Missing: not asked. */
  readonly answers: ReadonlyMap<string, string | null>;
}

/** Where static pods of the control plane are. */
const NAMESPACE = 'kube-system';
const STATIC_PODS = 'component in (etcd,kube-apiserver)';

/** Gathers them. Throws what the sources throw, and for a command that fails. */
export async function gatherQuorum(settings: QuorumGateSettings, from: GateSources): Promise<QuorumFacts> {
  const { api, signal } = from;
  const [named, pods] = await Promise.all([
    namedBy(settings, from),
    api === null ? [] : api.listPods(NAMESPACE, STATIC_PODS, signal),
  ]);
  return { named, pods, answers: await answersOf(settings, from, named) };
}

async function namedBy({ members, timeoutMs }: QuorumGateSettings, from: GateSources) {
  if (members.kind !== 'command') return null;
  const env = { NODETIDE_CLUSTER: from.cluster.name, NODETIDE_ROLLOUT: from.rollout };
  const { exitCode, output } = await from.control.run({ text: members.command, env, timeoutMs }, from.signal);
  if (exitCode !== 0) throw new Error(`the command ended with ${exitCode}: ${output.trim().slice(-200)}`);
  return parseMembers(output);
}

async function answersOf(
  settings: QuorumGateSettings,
  from: GateSources,
  named: readonly NamedMember[] | null,
): Promise<ReadonlyMap<string, string | null>> {
  if (settings.healthUrl === '') return new Map();
  const list = (await from.api?.listNodes(from.signal)) ?? [];
  const nodes = new Map(list.map(node => [node.name, node]));
  const names = memberNames(settings, named, nodes, from.cluster);
  const answers = names.map(async name => {
    return [name, await askMember(settings, from, name, addressOf(name, nodes.get(name), from.cluster))] as const;
  });
  return new Map(await Promise.all(answers));
}

/** As in the inventory, else as in the Node; something outside is reached by its name. */
function addressOf(name: string, view: NodeView | undefined, { waves }: PlanCluster): string {
  const planned = waves.flatMap(wave => wave.nodes).find(node => node.name === name);
  const internal = view?.addresses.find(({ type }) => type === 'InternalIP');
  return planned?.host.address ?? internal?.address ?? name;
}

async function askMember(
  { healthUrl, insecure }: QuorumGateSettings,
  { probes, signal }: GateSources,
  node: string,
  address: string,
): Promise<string | null> {
  const url = probeUrl(healthUrl, { node, address });
  const tls = { caFile: null, serverName: '', insecure };
  try {
    const { status } = await probes.http({ url, method: 'GET', headers: {}, redirects: 0, tls }, signal);
    return status >= 200 && status < 300 ? null : `${url.host} answered ${status}`;
  } catch (error) {
    signal.throwIfAborted();
    return failureOf(error).message;
  }
}
