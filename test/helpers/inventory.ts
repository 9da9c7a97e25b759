import type { NodeView, PodView } from '../../shared/domain/facts.ts';
import type { Fleet } from '../../shared/domain/fleet.ts';
import type { ClusterInventory } from '../../shared/domain/inventory.ts';
import { buildPlan, type PlanResult } from '../../shared/domain/plan-build/build.ts';
import { type Narrow, NOT_NARROWED } from '../../shared/domain/plan-build/narrow.ts';
import { collectCluster } from '../../shared/inventory/collect.ts';
import type { ClusterApi } from '../../shared/ports/cluster.ts';
import { load } from './fleet-file.ts';
import { BIG_ROOM } from './placement.ts';

/** The fleet of a text that must be right. */
export function fleetOf(text: string): Fleet {
  const { fleet, problems } = load(text);
  if (!fleet) throw new Error(JSON.stringify(problems, null, 1));
  return fleet;
}

export const SEQUENCE = 'nodetide.io/sequence';

/** A Ready Node with an address made from its name. `sequence` undefined: no label. */
export function nodeView(name: string, sequence?: number | string, more: Partial<NodeView> = {}): NodeView {
  const labels = sequence === undefined ? {} : { [SEQUENCE]: String(sequence) };
  return {
    name,
    uid: `uid-${name}`,
    resourceVersion: '1',
    annotations: {},
    unschedulable: false,
    ready: true,
    notReadyReason: '',
    readySinceMs: 0,
    heartbeatMs: 0,
    bootId: `boot-${name}`,
    kernelVersion: '6.1.0-1',
    osImage: 'Debian',
    kubeletVersion: 'v1.33.0',
    addresses: [{ type: 'InternalIP', address: `ip-${name}` }],
    room: BIG_ROOM,
    ...more,
    labels: { ...labels, ...more.labels },
  };
}

/** Labels of a control-plane Node. */
export const CONTROL_PLANE = { 'node-role.kubernetes.io/control-plane': '' };

/** A cluster of which only the Nodes can be asked, and the pods of nodetide itself. */
export function clusterWith(name: string, nodes: readonly NodeView[], ownPods: readonly PodView[] = []): ClusterApi {
  const api = {
    name,
    listNodes: () => Promise.resolve([...nodes]),
    listPods: () => Promise.resolve([...ownPods]),
    close: () => Promise.resolve(),
  };
  // Planning asks nothing else; anything else would fail loudly.
  return api as unknown as ClusterApi;
}

/** The inventories of a fleet whose clusters have these Nodes. `texts`: files by path. */
export async function inventoriesOf(
  fleet: Fleet,
  nodes: Readonly<Record<string, readonly NodeView[]>>,
  texts: Readonly<Record<string, string>> = {},
): Promise<ClusterInventory[]> {
  const ports = {
    connectCluster: (name: string) => clusterWith(name, nodes[name] ?? []),
    readText: (file: string) => Promise.resolve(texts[file] ?? ''),
  };
  const clusters = fleet.stages.flatMap(stage => stage.clusters);
  return Promise.all(clusters.map(cluster => collectCluster(cluster, ports, new AbortController().signal)));
}

/** The plan of a fleet whose clusters have these Nodes. */
export async function planOf(
  text: string,
  nodes: Readonly<Record<string, readonly NodeView[]>>,
  narrow: Partial<Narrow> = {},
): Promise<PlanResult> {
  const fleet = fleetOf(text);
  const inventories = await inventoriesOf(fleet, nodes);
  return buildPlan({ fleet, inventories, narrow: { ...NOT_NARROWED, ...narrow }, nowMs: 1_700_000_000_000 });
}
