import { startSimApi } from '../../services/simulator/api/start.ts';
import type { SimApiOptions, SimCluster } from '../../services/simulator/api/types.ts';
import type { SimMachine } from '../../services/simulator/world.ts';
import { openWorldLog, type WorldJournal } from '../../services/simulator/world-log.ts';

/** A machine a test turns off and on by hand. */
export interface HandMachine extends SimMachine {
  goDown(): void;
  /** A new boot id, and another kernel where one is named. */
  boot(kernel?: string): void;
}

/** A machine that is up. */
export function handMachine(name: string, cluster = 'dev'): HandMachine {
  const listeners = new Set<(machine: SimMachine) => void>();
  let up = true;
  let boots = 1;
  let kernel = '6.1.0-37-amd64';
  const tell = () => {
    for (const listener of listeners) listener(machine);
  };
  const machine: HandMachine = {
    cluster,
    name,
    get up() {
      return up;
    },
    get bootId() {
      return `${name}-boot-${boots}`;
    },
    get kernel() {
      return kernel;
    },
    osImage: 'Debian GNU/Linux 12 (bookworm)',
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    goDown() {
      up = false;
      tell();
    },
    boot(newKernel) {
      up = true;
      boots += 1;
      kernel = newKernel ?? kernel;
      tell();
    },
  };
  return machine;
}

/** A simulated cluster under test. */
export interface TestCluster {
  readonly api: SimCluster;
  readonly world: WorldJournal;
  readonly machines: ReadonlyMap<string, HandMachine>;
  machine(name: string): HandMachine;
  close(): Promise<void>;
}

/** Fast timings: everything happens within tens of milliseconds. */
export const quickTimings = {
  podStopMs: 20,
  podStartMs: 20,
  notReadyAfterMs: 40,
  kubeletReportMs: 20,
  heartbeatMs: 600_000,
};

/** Starts a cluster with workers n1, n2, n3 unless told otherwise. */
export async function startTestCluster(
  options: Partial<SimApiOptions> & { names?: readonly string[] } = {},
): Promise<TestCluster> {
  const { names = ['n1', 'n2', 'n3'], timings, ...rest } = options;
  const machines = new Map(names.map(name => [name, handMachine(name)]));
  const world = openWorldLog();
  const nodes = [...machines.values()].map((machine, index) => ({
    machine,
    labels: { 'orch-seq': String(index + 1) },
    roles: ['worker'],
  }));
  const api = await startSimApi({ cluster: 'dev', nodes, world, timings: { ...quickTimings, ...timings }, ...rest });
  return {
    api,
    world,
    machines,
    machine: name => machines.get(name) as HandMachine,
    async close() {
      await api.close();
      world.close();
    },
  };
}

/** Resolves once `test` holds; looks again at every change of the kinds. Subscribe-first, so nothing is missed. */
export function until(api: SimCluster, plurals: readonly string[], test: () => boolean): Promise<void> {
  return new Promise(resolve => {
    const stops = plurals.map(plural => api.objects.onChange(plural, look));
    function look() {
      if (!test()) return;
      for (const stop of stops) stop();
      resolve();
    }
    look();
  });
}
