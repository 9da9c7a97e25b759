import { type FSWatcher, readFileSync, watch } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { startSimApi } from '../../services/simulator/api/start.ts';
import type { SimCluster } from '../../services/simulator/api/types.ts';
import { SEQUENCE_LABEL } from '../../services/simulator/fleet.ts';
import type { SimMachine, WorldEntry } from '../../services/simulator/world.ts';
import { openWorldLog } from '../../services/simulator/world-log.ts';
import { type HostSpec, type RunningHost, type SshFarm, startSshd } from './sshd.ts';

/** Hosts behind real OpenSSH servers that are the nodes of a simulated cluster, `farm`. */
export interface FarmCluster {
  readonly farm: SshFarm;
  readonly api: SimCluster;
  readonly fleetFile: string;
  /** What was done to hosts and nodes, in the order of time. */
  world(): Promise<WorldEntry[]>;
  stop(): Promise<void>;
}

export interface FarmOptions {
  readonly hosts: readonly HostSpec[];
  readonly waves: readonly { readonly sequences: readonly number[]; readonly concurrency: number }[];
  /** Replicas of a Deployment that has to be evicted. */
  readonly replicas: number;
  readonly policy: Readonly<Record<string, unknown>>;
}

const FAST = { podStopMs: 20, podStartMs: 20, notReadyAfterMs: 50, kubeletReportMs: 20, heartbeatMs: 200 };

/** Starts hosts and API; each Node's boot id, kernel and readiness follow what its host tells of going down and coming up. */
export async function startFarmCluster(options: FarmOptions): Promise<FarmCluster> {
  const farm = await startSshd({ hosts: options.hosts });
  const machines = await Promise.all(farm.hosts.map(host => FarmMachine.of(host)));
  const follower = followWorld(farm.worldFile, entry => {
    machines.find(machine => machine.name === entry.node)?.hear(entry);
  });
  const sequences = new Map(farm.hosts.map(({ name, sequence }) => [name, sequence]));
  const log = openWorldLog({ sequenceOf: (_cluster, node) => sequences.get(node) ?? null });
  const api = await startSimApi({
    cluster: 'farm',
    nodes: machines.map(machine => ({ machine, labels: { [SEQUENCE_LABEL]: String(sequences.get(machine.name)) } })),
    workloads: [
      { kind: 'DaemonSet', name: 'proxy' },
      { kind: 'Deployment', name: 'web', replicas: options.replicas },
    ],
    timings: FAST,
    world: log,
  });
  const fleetFile = await writeFleet(farm, api, options);
  return {
    farm,
    api,
    fleetFile,
    world: async () => [...(await farm.world()), ...log.entries].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
    stop: async () => {
      follower.close();
      await api.close();
      log.close();
      await farm.stop();
    },
  };
}

/** The machine of a pretended host, as the last line it told makes it. */
class FarmMachine implements SimMachine {
  readonly cluster = 'farm';
  readonly name: string;
  readonly osImage = 'Debian GNU/Linux 12 (bookworm)';
  up = true;
  bootId: string;
  kernel = '6.1.0-1-amd64';
  readonly #listeners = new Set<(machine: SimMachine) => void>();

  static async of(host: RunningHost): Promise<FarmMachine> {
    return new FarmMachine(host.name, await host.bootId());
  }

  private constructor(name: string, bootId: string) {
    this.name = name;
    this.bootId = bootId;
  }

  onChange(listener: (machine: SimMachine) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  hear({ act, detail }: WorldEntry): void {
    if (act !== 'down' && act !== 'up') return;
    this.up = act === 'up';
    if (act === 'up') {
      this.bootId = String(detail['bootId']);
      this.kernel = String(detail['kernel']);
    }
    for (const listener of this.#listeners) listener(this);
  }
}

/** Tells each line that is added to a world's log. */
function followWorld(file: string, hear: (entry: WorldEntry) => void): FSWatcher {
  let told = 0;
  return watch(file, () => {
    const whole = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    const fresh = whole.slice(told);
    told = whole.length;
    for (const line of fresh) hear(JSON.parse(line) as WorldEntry);
  });
}

async function writeFleet(farm: SshFarm, api: SimCluster, { waves, policy }: FarmOptions): Promise<string> {
  const { cluster, user, context } = api.kubeconfigEntry();
  const kubeconfig = { apiVersion: 'v1', kind: 'Config', clusters: [cluster], users: [user], contexts: [context] };
  await writeFile(join(farm.dir, 'kubeconfig'), stringify(kubeconfig));
  const nodes = farm.hosts.map(({ name, port }) => ({ name, address: '127.0.0.1', port }));
  const ssh = { user: userInfo().username, keyFile: 'client', knownHosts: 'known_hosts', become: 'none' };
  const fleet = {
    fleet: 'openssh',
    stages: [{ name: 'only', clusters: ['farm'] }],
    defaults: { ssh, policy },
    clusters: {
      farm: {
        kubernetes: { kubeconfig: 'kubeconfig', context: 'farm' },
        inventory: { sources: [{ kind: 'kubernetes' }, { kind: 'static', nodes }] },
        waves,
      },
    },
  };
  const file = join(farm.dir, 'fleet.yaml');
  await writeFile(file, stringify(fleet));
  return file;
}
