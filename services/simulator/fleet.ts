import type { SimApiOptions, SimNode } from './api/types.ts';
import { type HostFaults, type HostSpec, hostSpec, noFaults } from './hosts/spec.ts';
import type { SimMachine, WorldLog } from './world.ts';
import { type ClusterSpec, type HostSettings, type NodeSpec, type WorldSpec, worldSchema } from './world-schema.ts';

/** The label that holds a node's sequence. */
export const SEQUENCE_LABEL = 'nodetide.io/sequence';

const CONTROL_PLANE = 'control-plane';

/** Values without those that are undefined, which a checked file may hold. */
type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function present<T extends object>(value: T | undefined): Present<T> {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, one]) => one !== undefined)) as Present<T>;
}

/** A world whose description was not right: one line a problem. */
export class WorldError extends Error {
  override readonly name = 'WorldError';
}

/** Checks a description read from a file. WorldError names every problem. */
export function checkWorld(data: unknown): WorldSpec {
  const checked = worldSchema.safeParse(data);
  if (checked.success) return checked.data;
  const lines = checked.error.issues.map(issue => `${issue.path.join('.') || 'world'}: ${issue.message}`);
  throw new WorldError(lines.join('\n'));
}

/** The host of a node: what it says itself, else what the world says for all, else a plain Debian. */
export function hostOf(world: WorldSpec, cluster: string, node: NodeSpec): HostSpec {
  const base = hostSpec({ cluster, name: node.name });
  const { timings: _timings, faults: _faults, ...all } = present<HostSettings>(world.defaults);
  const settings = { ...all, ...hostSettings(node) };
  const faults: HostFaults = { ...noFaults(), ...present(world.defaults?.faults), ...present(node.faults) };
  return {
    ...base,
    ...settings,
    timings: { ...base.timings, ...present(world.defaults?.timings), ...present(node.timings) },
    faults,
  };
}

function hostSettings(node: NodeSpec): Present<Omit<HostSettings, 'timings' | 'faults'>> {
  const { kernel, newKernel, upgrades, sentinel, failedUnits, clockSkewMs, aptLockedMs } = node;
  return present({ kernel, newKernel, upgrades, sentinel, failedUnits, clockSkewMs, aptLockedMs });
}

/** What a cluster's API is started with. */
export function apiOptionsOf(
  cluster: string,
  spec: ClusterSpec,
  machines: ReadonlyMap<string, SimMachine>,
  world: { readonly log: WorldLog; readonly speed: number },
): SimApiOptions {
  const { workloads, jobs, pdbs, pods, timings } = spec;
  const parts = present({ workloads, jobs, pdbs, pods, timings });
  // The description's optional keys may be undefined, the options' may not: `present` and the schema see to that.
  const checked = JSON.parse(JSON.stringify(parts)) as Pick<
    SimApiOptions,
    'workloads' | 'jobs' | 'pdbs' | 'pods' | 'timings'
  >;
  return {
    cluster,
    nodes: spec.nodes.map(node => apiNode(node, machines)),
    ...checked,
    world: world.log,
    speed: world.speed,
  };
}

function apiNode(node: NodeSpec, machines: ReadonlyMap<string, SimMachine>): SimNode {
  const machine = machines.get(node.name);
  if (machine === undefined) throw new Error(`no machine for the node ${node.name}`);
  const sequence = node.sequence ?? null;
  return {
    machine,
    labels: { ...node.labels, ...(sequence === null ? {} : { [SEQUENCE_LABEL]: String(sequence) }) },
    ...present({ roles: node.roles, podCapacity: node.podCapacity, unschedulable: node.unschedulable }),
    ...(node.capacity === undefined ? {} : { capacity: node.capacity }),
    ...(node.roles?.includes(CONTROL_PLANE)
      ? { taints: [{ key: `node-role.kubernetes.io/${CONTROL_PLANE}`, effect: 'NoSchedule' }] }
      : {}),
  };
}
