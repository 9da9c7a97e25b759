import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimCluster } from '../../services/simulator/api/types.ts';
import { kubeconfigText } from './sim-clients.ts';

/** What a command printed. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** kubectl on one simulated cluster, as one of its users, with a cache of its own. */
export interface Kubectl {
  run(args: readonly string[], stdin?: string): Promise<Outcome>;
  /** Runs until so many lines are printed, then interrupts it; `onLine` hears how many there are so far. */
  follow(args: readonly string[], lines: number, onLine: (count: number) => void): Promise<string[]>;
  remove(): void;
}

/** Why kubectl tests are left out on this machine; undefined: they are not. */
export function whyNoKubectl(): string | undefined {
  try {
    const text = execFileSync('kubectl', ['version', '--client', '-o', 'json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const { clientVersion } = JSON.parse(text.toString()) as { clientVersion: { gitVersion: string } };
    const minor = Number(/^v1\.(\d+)/.exec(clientVersion.gitVersion)?.[1]);
    return minor >= 27 ? undefined : `kubectl ${clientVersion.gitVersion} is older than 1.27`;
  } catch {
    return 'there is no kubectl on this machine';
  }
}

/** Opens it; `user` is one of the cluster's own, by name. */
export function openKubectl(cluster: SimCluster, user?: string): Kubectl {
  const folder = mkdtempSync(join(tmpdir(), 'nodetide-kubectl-'));
  const config = join(folder, 'config');
  const text = JSON.parse(kubeconfigText(cluster)) as { users: unknown[] };
  if (user !== undefined) text.users = [cluster.kubeconfigEntry(undefined, user).user];
  writeFileSync(config, JSON.stringify(text), { mode: 0o600 });
  // It lives too short for its collector of garbage to pay.
  const env = { ...process.env, KUBECONFIG: config, HOME: folder, GOGC: 'off' };
  return {
    run: (args, stdin) =>
      new Promise(resolve => {
        const child = execFile('kubectl', [...args], { env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
          resolve({ exitCode: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
        });
        child.stdin?.end(stdin);
      }),
    follow: (args, lines, onLine) => follow(args, env, lines, onLine),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function follow(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  lines: number,
  onLine: (count: number) => void,
): Promise<string[]> {
  const child = spawn('kubectl', [...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  let told = 0;
  const complete = () => text.split('\n').slice(0, -1);
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    while (told < complete().length) onLine(++told);
    if (told >= lines) child.kill('SIGINT');
  });
  return new Promise(resolve => {
    child.once('close', () => resolve(complete()));
  });
}
