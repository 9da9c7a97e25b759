import { startSimApi } from './api/start.ts';
import type { SimCluster } from './api/types.ts';
import { apiOptionsOf, checkWorld, hostOf } from './fleet.ts';
import { type KeyPair, newKeyPair, type RunningHost, startHost } from './hosts/start.ts';
import { podsLeft } from './pods-left.ts';
import type { WorldLog } from './world.ts';
import { openWorldLog, type WorldJournal } from './world-log.ts';
import type { WorldSpec } from './world-schema.ts';

/** A simulated world that runs: APIs, hosts, and what was done to them. */
export interface Simulation {
  readonly spec: WorldSpec;
  /** Those with Kubernetes, by name. */
  readonly clusters: ReadonlyMap<string, SimCluster>;
  readonly world: WorldJournal;
  /** Opens every host for the user `ops`. */
  readonly clientKey: KeyPair;
  /** A host by cluster and name; throws when there is none. */
  host(cluster: string, name: string): RunningHost;
  /** All hosts, cluster by cluster. */
  hosts(): readonly RunningHost[];
  close(): Promise<void>;
}

/** Starts a world. When it resolves every port is open and every pod runs. WorldError when the description is wrong. */
export async function startSimulation(description: WorldSpec): Promise<Simulation> {
  const spec = checkWorld(description);
  const speed = spec.speed ?? 1;
  const clientKey = newKeyPair();
  const world = openWorldLog({ sequenceOf: (cluster, node) => sequences.get(`${cluster}/${node}`) ?? null });
  const sequences = new Map(
    Object.entries(spec.clusters).flatMap(([cluster, { nodes }]) =>
      nodes.map(node => [`${cluster}/${node.name}`, node.sequence ?? null] as const),
    ),
  );
  const hostLog: WorldLog = {
    write(cluster, node, act, detail) {
      const api = act === 'reboot' ? clusters.get(cluster) : undefined;
      world.write(cluster, node, act, api ? { ...detail, podsLeft: podsLeft(api.objects, node) } : detail);
    },
  };
  const running = new Map<string, RunningHost>();
  const clusters = new Map<string, SimCluster>();
  const close = async () => {
    for (const host of running.values()) host.close();
    await Promise.all([...clusters.values()].map(cluster => cluster.close()));
    world.close();
  };
  try {
    for (const [cluster, described] of Object.entries(spec.clusters)) {
      const hosts = await allStarted(
        described.nodes.map(node => startHost(hostOf(spec, cluster, node), { world: hostLog, speed, clientKey })),
        one => running.set(`${cluster}/${one.host.spec.name}`, one),
      );
      if (described.kubernetes === false) continue;
      const machines = new Map(hosts.map(one => [one.host.spec.name, one.host.machine]));
      clusters.set(cluster, await startSimApi(apiOptionsOf(cluster, described, machines, { log: world, speed })));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { spec, clusters, world, clientKey, host: finder(running), hosts: () => [...running.values()], close };
}

/** Waits for all, keeps each that started, so that it can be closed when another did not; throws what that one threw. */
async function allStarted(
  starting: readonly Promise<RunningHost>[],
  keep: (one: RunningHost) => void,
): Promise<RunningHost[]> {
  const settled = await Promise.allSettled(starting);
  for (const one of settled) if (one.status === 'fulfilled') keep(one.value);
  return Promise.all(starting);
}

function finder(running: ReadonlyMap<string, RunningHost>): Simulation['host'] {
  return (cluster, name) => {
    const found = running.get(`${cluster}/${name}`);
    if (found === undefined) throw new Error(`no host ${name} in ${cluster}`);
    return found;
  };
}
