import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Simulation,
  startSimulation,
  type WorldSpec,
  type WrittenSimulation,
  writeSimulation,
} from '../../services/simulator/main.ts';
import type { WorldEntry } from '../../services/simulator/world.ts';

/** A small world in words of tests. */
export interface TinyWorld {
  /** Default 1. Named `node-1` …; node `n` has the sequence of its place in the waves, in turn. */
  readonly nodes?: number;
  /** Default `[[1]]`; concurrency 1. */
  readonly waves?: readonly (readonly number[])[];
  readonly concurrency?: number;
  /** Default 1 cluster, `dev`; then `dev-2` …, all in one stage. */
  readonly clusters?: number;
  /** What a node says besides, by its name. */
  readonly change?: Readonly<Record<string, WorldSpec['clusters'][string]['nodes'][number] | object>>;
  /** Anything of a cluster's description that is to be otherwise. */
  readonly cluster?: Partial<WorldSpec['clusters'][string]>;
  readonly defaults?: NonNullable<WorldSpec['defaults']>;
}

/** Upgrades and boots in about 100 ms. */
const FAST = { upgradeMs: 100, refreshMs: 5, shutdownMs: 20, bootMs: 100 };
const FAST_PODS = { podStopMs: 20, podStartMs: 20, notReadyAfterMs: 50, kubeletReportMs: 20, heartbeatMs: 200 };

/** A world of a few nodes with one Deployment of two pods, where everything is fast. */
export function tinyWorld(tiny: TinyWorld = {}): WorldSpec {
  const waves = tiny.waves ?? [[1]];
  const sequences = waves.flat();
  const names = Array.from({ length: tiny.clusters ?? 1 }, (_one, at) => (at === 0 ? 'dev' : `dev-${at + 1}`));
  const cluster = (): WorldSpec['clusters'][string] => ({
    nodes: Array.from({ length: tiny.nodes ?? 1 }, (_one, at) => ({
      name: `node-${at + 1}`,
      sequence: sequences[at % sequences.length] ?? null,
      roles: ['worker'],
      ...tiny.change?.[`node-${at + 1}`],
    })),
    workloads: [{ kind: 'Deployment', name: 'web', replicas: 2 }],
    timings: FAST_PODS,
    rollout: {
      waves: waves.map(wave => ({ sequences: [...wave], concurrency: tiny.concurrency ?? 1 })),
      maxUnavailable: tiny.concurrency ?? 1,
    },
    ...tiny.cluster,
  });
  return {
    name: 'tiny',
    stages: [{ name: 'dev', clusters: names }],
    defaults: { ...tiny.defaults, timings: { ...FAST, ...tiny.defaults?.timings } },
    clusters: Object.fromEntries(names.map(name => [name, cluster()])),
  };
}

/** A simulation with its files in a folder of its own. */
export interface TestSimulation {
  readonly sim: Simulation;
  readonly files: WrittenSimulation;
  readonly folder: string;
  /** The first act, past or to come, of this kind on this node (of any cluster); rejects after `timeoutMs`, default 300 000. */
  act(act: WorldEntry['act'], node?: string, timeoutMs?: number): Promise<WorldEntry>;
  /** `act node`, in order; only these kinds when some are named. */
  acts(...kinds: readonly WorldEntry['act'][]): string[];
  close(): Promise<void>;
}

/** Starts a world and writes it out. Close it at the end. */
export async function kickstart(world: WorldSpec = tinyWorld()): Promise<TestSimulation> {
  const sim = await startSimulation(world);
  const folder = mkdtempSync(join(tmpdir(), 'nodetide-sim-'));
  const files = writeSimulation(sim, folder);
  return {
    sim,
    files,
    folder,
    act: (act, node, timeoutMs = 300_000) =>
      sim.world.waitFor(
        entry => entry.act === act && (node === undefined || entry.node === node),
        AbortSignal.timeout(timeoutMs),
      ),
    acts: (...kinds) =>
      sim.world.entries
        .filter(entry => kinds.length === 0 || kinds.includes(entry.act))
        .map(entry => `${entry.act} ${entry.node}`),
    async close() {
      await sim.close();
      rmSync(folder, { recursive: true });
    },
  };
}
