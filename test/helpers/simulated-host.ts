import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HostFaults, type HostSpec, hostSpec, noFaults } from '../../services/simulator/hosts/spec.ts';
import { newKeyPair, type RunningHost, startHost } from '../../services/simulator/hosts/start.ts';
import { openWorldLog, type WorldJournal } from '../../services/simulator/world-log.ts';

/** How a command over ssh ended; 255: ssh itself says so. */
export interface SshEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One simulated host, and the real ssh program with a key for it. */
export interface SimulatedHost extends RunningHost {
  readonly world: WorldJournal;
  readonly folder: string;
  /** Runs a command over /usr/bin/ssh with strict host keys; `options` are further ssh options. */
  ssh(command: string, stdin?: string, options?: readonly string[]): Promise<SshEnd>;
  /** Acts in order, as `act` names. */
  acts(): string[];
}

/** Starts a host whose upgrades and boots take about 100 ms. Close it at the end. */
export async function simulatedHost(
  overrides: Partial<Omit<HostSpec, 'faults'>> = {},
  faults: Partial<HostFaults> = {},
): Promise<SimulatedHost> {
  const folder = mkdtempSync(join(tmpdir(), 'nodetide-host-'));
  const world = openWorldLog();
  const clientKey = newKeyPair();
  const timings = { upgradeMs: 100, refreshMs: 5, shutdownMs: 20, bootMs: 100 };
  const spec = hostSpec({
    cluster: 'dev',
    name: 'dev-1',
    timings,
    ...overrides,
    faults: { ...noFaults(), ...faults },
  });
  const running = await startHost(spec, { world, speed: 1, clientKey });
  writeFileSync(join(folder, 'id'), clientKey.privateText, { mode: 0o600 });
  writeFileSync(join(folder, 'known_hosts'), `${running.knownHostsLine}\n`);
  const base = [
    ['-F', '/dev/null', '-i', join(folder, 'id'), '-p', String(running.port)],
    ['-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes'],
    ['-o', `UserKnownHostsFile=${join(folder, 'known_hosts')}`, '-o', 'LogLevel=ERROR'],
  ].flat();
  return {
    ...running,
    world,
    folder,
    ssh: (command, stdin = '', options = []) => runSsh([...options, ...base, 'ops@127.0.0.1', command], stdin),
    acts: () => world.entries.map(entry => entry.act),
    close() {
      running.close();
      world.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function runSsh(args: readonly string[], stdin: string): Promise<SshEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn('ssh', args);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
    child.on('error', reject);
    child.on('close', code => resolve({ code, stdout, stderr }));
  });
}
