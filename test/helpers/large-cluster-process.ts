import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { KubeConfig } from '@kubernetes/client-node';

/** A simulated cluster in a process of its own. */
export interface LargeCluster {
  readonly url: string;
  /** From the first line of its start to the open port, every pod Ready. */
  readonly startMs: number;
  readonly pods: number;
  readonly config: KubeConfig;
  /** The most memory the process has held so far. Linux only. */
  peakBytes(): number;
  close(): Promise<void>;
}

/** Starts such a process; it may not use more than 1 GiB for its objects, and dies where it would need to. */
export async function startLargeCluster(nodes: number, pods: number): Promise<LargeCluster> {
  const script = fileURLToPath(new URL('./large-cluster.ts', import.meta.url));
  const args = ['--max-old-space-size=1024', '--import', 'tsx', script, String(nodes), String(pods)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([text]) => String(text)),
    ended.then(([code]) => {
      throw new Error(`the cluster ended with ${String(code)}`);
    }),
  ]);
  const told = JSON.parse(line) as { url: string; startMs: number; pods: number };
  return {
    ...told,
    config: configFor(told.url),
    peakBytes: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}

function configFor(server: string): KubeConfig {
  const config = new KubeConfig();
  const cluster = { name: 'large', server, skipTLSVerify: true };
  config.loadFromClusterAndUser(cluster, { name: 'large' });
  return config;
}
