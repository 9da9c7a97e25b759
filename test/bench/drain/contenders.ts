import { execFile } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { Agent, request } from 'node:http';
import { drainNode } from '../../../services/workers/common/drain/drain-node.ts';
import type { DrainMemory } from '../../../services/workers/common/drain/memory.ts';
import { openCluster } from '../../../shared/kubernetes/open.ts';
import { systemClock } from '../../../shared/telemetry/clock.ts';
import { tinyPolicy } from '../../helpers/plan.ts';
import type { BenchServer } from './server.ts';

/** Makes the pods of nodes n0 … n(nodes-1) go; resolves when its work is done. */
export type Contender = (server: BenchServer, nodes: number, podsPerNode: number) => Promise<() => Promise<void>>;

/** Our drain, as the step does it but for the host: `force`, since the pods have no controller. */
export const ours: Contender = async (server, nodes) => {
  const cluster = openCluster('bench', { inCluster: false, kubeconfig: server.kubeconfig, context: 'bench' });
  const signal = new AbortController().signal;
  setMaxListeners(0, signal);
  // A worker has the client loaded long before.
  await cluster.serverInfo(signal);
  const drain = async (node: string): Promise<void> => {
    let memory: DrainMemory | null = null;
    for (;;) {
      const outcome = await drainNode({
        cluster,
        uid: '',
        fence: { installation: 'bench', rollout: 'r', node, round: 1, epoch: 1 },
        policy: { ...tinyPolicy().drain, force: true, volumeDetachTimeoutMs: 60_000 },
        clock: systemClock,
        signal,
        deadlineMs: Date.now() + 600_000,
        memory,
        remember: async kept => {
          memory = kept;
        },
        guard: async () => undefined,
        log: () => undefined,
      });
      if (outcome.kind === 'drained') return;
    }
  };
  return async () => {
    await Promise.all(Array.from({ length: nodes }, (_, index) => drain(`n${index}`)));
    await cluster.close();
  };
};

/** `kubectl drain`, a process a node. */
export const kubectl: Contender = async (server, nodes) => {
  const flags = ['--ignore-daemonsets', '--delete-emptydir-data', '--force'];
  const drain = (node: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const args = ['--kubeconfig', server.kubeconfig, 'drain', node, ...flags];
      execFile('kubectl', args, { maxBuffer: 1 << 26 }, (error, _out, told) => {
        if (error) reject(new Error(`kubectl: ${told}`));
        else resolve();
      });
    });
  return async () => {
    await Promise.all(Array.from({ length: nodes }, (_, index) => drain(`n${index}`)));
  };
};

/** Whether there is a kubectl on PATH. */
export function hasKubectl(): Promise<boolean> {
  return new Promise(resolve => {
    execFile('kubectl', ['version', '--client'], error => resolve(error === null));
  });
}

/** Connections of the floor: as many as our drain has evictions under way on one node. */
const CONNECTIONS = 32;

/** Nothing but the POSTs of the evictions, over one pool of connections: what no drain can be faster than. */
export const floor: Contender = async (server, nodes, podsPerNode) => {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const names = Array.from({ length: nodes }, (_, node) =>
    Array.from({ length: podsPerNode }, (_unused, index) => `n${node}-p${index}`),
  ).flat();
  return async () => {
    await Promise.all(names.map(name => evict(server.url, name, agent)));
    agent.destroy();
  };
};

function evict(url: string, name: string, agent: Agent): Promise<void> {
  const metadata = { namespace: 'default', name };
  const body = JSON.stringify({ apiVersion: 'policy/v1', kind: 'Eviction', metadata, deleteOptions: {} });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const path = `${url}/api/v1/namespaces/default/pods/${name}/eviction`;
    const asked = request(path, { method: 'POST', agent, headers }, response => {
      response.resume();
      if (response.statusCode === 201) response.on('end', resolve);
      else reject(new Error(`${name}: HTTP ${response.statusCode}`));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
