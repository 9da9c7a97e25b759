import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KubeconfigEntry } from '../../../services/simulator/api/types.ts';

/** What the server holds: nodes n0, n1 … each with as many pods that no controller brings back, and one of a DaemonSet. */
export interface ServerOptions {
  readonly nodes: number;
  readonly podsPerNode: number;
  /** How long a pod takes to stop. */
  readonly podStopMs: number;
}

export interface ServerCounts {
  readonly requests: number;
  readonly podsLeft: number;
}

export type ServerAnswer = { readonly ready: KubeconfigEntry } | ServerCounts;

/** A simulated API server in a process of its own. */
export interface BenchServer {
  readonly kubeconfig: string;
  readonly url: string;
  /** Requests so far, and pods that are still there. */
  counts(): Promise<ServerCounts>;
  stop(): Promise<void>;
}

const CHILD = fileURLToPath(new URL('./server-process.ts', import.meta.url));

export async function startBenchServer(options: ServerOptions): Promise<BenchServer> {
  const child = fork(CHILD, [JSON.stringify(options)], { execArgv: ['--import', 'tsx'] });
  const [first] = (await once(child, 'message')) as [ServerAnswer];
  if (!('ready' in first)) throw new Error('the server did not say where it is');
  const { cluster, user, context } = first.ready;
  const folder = await mkdtemp(join(tmpdir(), 'nodetide-bench-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const config = { apiVersion: 'v1', kind: 'Config', clusters: [cluster], users: [user], contexts: [context] };
  await writeFile(kubeconfig, JSON.stringify({ ...config, 'current-context': context.name }));
  return {
    kubeconfig,
    url: String(cluster.cluster['server']),
    counts: async () => {
      const answer = once(child, 'message') as Promise<[ServerCounts]>;
      child.send('counts');
      return (await answer)[0];
    },
    stop: async () => {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
      await rm(folder, { recursive: true });
    },
  };
}
