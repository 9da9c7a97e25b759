import type { Bench, Figure } from '../../helpers/bench.ts';
import { type Contender, floor, hasKubectl, kubectl, ours } from './contenders.ts';
import { type ServerOptions, startBenchServer } from './server.ts';

/** How often floor and drain are measured where the pods go at once. */
const TIMES = 3;

interface Measured {
  readonly seconds: number;
  readonly requests: number;
}

/**
 * Draining nodes of a simulated API server in its own process: our drain, `kubectl drain`, and the floor, the bare
 * evictions. The floor does not wait until its pods are gone.
 */
export const drainBench: Bench = {
  name: 'drain',
  run: async () => {
    const withKubectl = await hasKubectl();
    if (!withKubectl) console.log('  kubectl is left out: there is none on PATH');
    // A worker has long loaded and compiled all of it when a drain begins.
    for (const contender of [floor, ours]) await measure(contender, { nodes: 1, podsPerNode: 200, podStopMs: 0 });
    const figures: Figure[] = [];
    for (const podStopMs of [0, 5_000]) {
      for (const podsPerNode of [10, 100, 500]) {
        figures.push(...(await compare({ nodes: 1, podsPerNode, podStopMs }, withKubectl)));
      }
    }
    figures.push(...(await compare({ nodes: 20, podsPerNode: 50, podStopMs: 0 }, withKubectl)));
    return figures;
  },
};

async function compare(options: ServerOptions, withKubectl: boolean): Promise<Figure[]> {
  const { nodes, podsPerNode, podStopMs } = options;
  const times = podStopMs === 0 ? TIMES : 1;
  const base = await median(floor, options, times);
  const own = await median(ours, options, times);
  const theirs = withKubectl ? await measure(kubectl, options) : null;
  const what = `${nodes > 1 ? `${nodes} nodes × ` : ''}${podsPerNode} pods, ${podStopMs === 0 ? 'gone at once' : `after ${podStopMs / 1000} s`}`;
  const pods = nodes * podsPerNode;
  const figures: Figure[] = [
    { name: `${what}: floor`, value: base.seconds, unit: 's' },
    { name: `${what}: ours`, value: own.seconds, unit: 's' },
    {
      name: `${what}: ours without the stopping time / floor`,
      value: (own.seconds - podStopMs / 1000) / base.seconds,
      unit: '×',
      goal: 'at most 1.3',
    },
    {
      name: `${what}: our requests beside the evictions, a node`,
      value: (own.requests - pods) / nodes,
      unit: 'requests',
      goal: 'at most 10',
    },
  ];
  if (!theirs) return figures;
  const goal = podsPerNode === 500 && podStopMs === 0 ? { goal: 'at least 20' } : {};
  return [
    ...figures,
    { name: `${what}: kubectl`, value: theirs.seconds, unit: 's' },
    { name: `${what}: kubectl / ours`, value: theirs.seconds / own.seconds, unit: '×', ...goal },
    { name: `${what}: kubectl's requests`, value: theirs.requests, unit: `requests (ours ${own.requests})` },
  ];
}

/** The one in the middle by its time. */
async function median(contender: Contender, options: ServerOptions, times: number): Promise<Measured> {
  const all: Measured[] = [];
  for (let nth = 0; nth < times; nth++) all.push(await measure(contender, options));
  const sorted = all.toSorted((a, b) => a.seconds - b.seconds);
  return sorted[Math.floor(times / 2)] as Measured;
}

async function measure(contender: Contender, options: ServerOptions): Promise<Measured> {
  const server = await startBenchServer(options);
  try {
    const run = await contender(server, options.nodes, options.podsPerNode);
    const before = (await server.counts()).requests;
    const from = performance.now();
    await run();
    const seconds = (performance.now() - from) / 1000;
    const after = await server.counts();
    if (contender !== floor && after.podsLeft > 0) throw new Error(`${after.podsLeft} pods are left`);
    return { seconds, requests: after.requests - before };
  } finally {
    await server.stop();
  }
}
