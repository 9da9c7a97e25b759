import { Agent, request as httpRequest } from 'node:http';
import type { Bench, Figure } from '../helpers/bench.ts';
import { type LargeCluster, startLargeCluster } from '../helpers/large-cluster-process.ts';

const MIB = 2 ** 20;
const EVICTIONS = 500;

interface PodList {
  readonly metadata: { readonly continue?: string };
  readonly items: readonly { readonly metadata: { readonly name: string; readonly namespace: string } }[];
}

/** 1,000 nodes and 30,000 pods in one process: how soon it serves, how much it holds, how fast it answers. */
export const simulatorBench: Bench = {
  name: 'simulator',
  run: async () => {
    const cluster = await startLargeCluster(1_000, 30_000);
    try {
      return await measure(cluster);
    } finally {
      await cluster.close();
    }
  },
};

async function measure(cluster: LargeCluster): Promise<readonly Figure[]> {
  const atStart = cluster.peakBytes();
  const [pods, listMs] = await timed(() => listAll(cluster.url));
  const chosen = everyNth(
    pods.filter(({ metadata }) => metadata.namespace !== 'kube-system'),
    EVICTIONS,
  );
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });
  const [granted, evictMs] = await timed(async () => {
    const codes = await Promise.all(chosen.map(pod => evict(cluster.url, agent, pod.metadata)));
    return codes.filter(code => code === 201).length;
  });
  agent.destroy();
  const figure = (name: string, value: number, unit: string, goal?: string): Figure => ({
    name,
    value,
    unit,
    ...(goal === undefined ? {} : { goal }),
  });
  return [
    figure('start with 1,000 nodes, 30,000 pods', cluster.startMs / 1000, 's'),
    figure('most memory at the start', atStart / MIB, 'MiB'),
    figure('all pods in pages of 500', listMs / 1000, 's'),
    figure(`${EVICTIONS} evictions over 50 connections`, evictMs / 1000, 's'),
    figure('… granted', granted, ''),
    figure('most memory at the end', cluster.peakBytes() / MIB, 'MiB', 'under 1,024'),
  ];
}

async function timed<T>(work: () => Promise<T>): Promise<[result: T, ms: number]> {
  const from = performance.now();
  const result = await work();
  return [result, performance.now() - from];
}

async function listAll(url: string): Promise<PodList['items'][number][]> {
  const pods: PodList['items'][number][] = [];
  for (let token = ''; ; ) {
    const response = await fetch(`${url}/api/v1/pods?limit=500&continue=${encodeURIComponent(token)}`);
    const page = (await response.json()) as PodList;
    pods.push(...page.items);
    token = page.metadata.continue ?? '';
    if (token === '') return pods;
  }
}

function everyNth<T>(all: readonly T[], count: number): T[] {
  const step = Math.floor(all.length / count);
  return Array.from({ length: count }, (_, index) => all[index * step]).filter((one): one is T => one !== undefined);
}

function evict(url: string, agent: Agent, pod: { name: string; namespace: string }): Promise<number> {
  const body = JSON.stringify({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: pod });
  const path = `${url}/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/eviction`;
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const request = httpRequest(path, { method: 'POST', agent, headers }, response => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    request.once('error', reject).end(body);
  });
}
