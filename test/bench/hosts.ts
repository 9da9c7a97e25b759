import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { newKeyPair } from '../../services/simulator/hosts/start.ts';
import type { SshProfile } from '../../shared/domain/plan.ts';
import { sshHosts } from '../../shared/hosts/ssh/connector.ts';
import type { Host } from '../../shared/ports/host.ts';
import { type Bench, type Figure, quantile } from '../helpers/bench.ts';
import { nodeOf } from '../helpers/host-over-ssh.ts';

const SIZES = [1, 100, 500];
/** Commands for each size, all hosts together, each host one after the other. */
const COMMANDS = 2_000;
const KIB = 1024;

interface Measured {
  readonly firstMs: readonly number[];
  readonly bytes: number;
  readonly perSecond: number;
}

/** One worker and 1, 100, 500 hosts over SSH, in another process, that answer at once: what the connections cost us. */
export const hostsBench: Bench = {
  name: 'hosts',
  run: async () => {
    const dir = await mkdtemp(join(tmpdir(), 'nodetide-bench-'));
    const farm = await startHosts(Math.max(...SIZES));
    try {
      const profile = await profileIn(dir, farm.hostKey, farm.ports);
      // The first connection of a process loads and compiles: it is none of the measured ones.
      await measure(profile, farm.ports.slice(0, 1));
      const found = new Map<number, Measured>();
      for (const size of SIZES) found.set(size, await measure(profile, farm.ports.slice(0, size)));
      return figures(found);
    } finally {
      await farm.close();
      await rm(dir, { recursive: true });
    }
  },
};

function figures(found: ReadonlyMap<number, Measured>): Figure[] {
  const one = found.get(1);
  return [...found].flatMap(([size, { firstMs, bytes, perSecond }]) => {
    const hosts = `${size} ${size === 1 ? 'host' : 'hosts'}`;
    const ofOne = one && size > 1 ? perSecond / one.perSecond : null;
    return [
      { name: `${hosts}: first output, median`, value: quantile(firstMs, 0.5), unit: 'ms' },
      ...(size > 1 ? [{ name: '… all of them', value: Math.max(...firstMs), unit: 'ms' }] : []),
      ...(size > 1 ? [{ name: '… logins a second', value: size / (Math.max(...firstMs) / 1000), unit: '/s' }] : []),
      { name: '… commands', value: perSecond, unit: '/s' },
      ...(ofOne === null ? [] : [{ name: '… of one host', value: ofOne, unit: 'times', goal: 'at least 0.5' }]),
      ...(size > 1
        ? [{ name: '… memory a connection', value: bytes / size / KIB, unit: 'KiB', goal: 'under 400' }]
        : []),
    ];
  });
}

async function measure(profile: SshProfile, ports: readonly number[]): Promise<Measured> {
  const hosts = sshHosts();
  const before = usedBytes();
  const all = ports.map((port, index) =>
    hosts.connect(nodeOf({ name: `n${index}`, cluster: 'c', sequence: index, port }), { farm: profile }),
  );
  const fromMs = performance.now();
  const firstMs = await Promise.all(all.map(host => run(host).then(() => performance.now() - fromMs)));
  const bytes = usedBytes() - before;
  const times = Math.max(1, Math.floor(COMMANDS / ports.length));
  const beganMs = performance.now();
  await Promise.all(
    all.map(async host => {
      for (let time = 0; time < times; time += 1) await run(host);
    }),
  );
  const perSecond = (times * ports.length) / ((performance.now() - beganMs) / 1000);
  await hosts.close();
  return { firstMs, bytes, perSecond };
}

async function run(host: Host): Promise<void> {
  const { stdout } = await host.run({ text: 'uname -r', args: [] }, new AbortController().signal);
  if (stdout !== 'fine\n') throw new Error(`a host said ${stdout}`);
}

/** What is held after a collection, in and outside of the heap. */
function usedBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function profileIn(dir: string, hostKey: string, ports: readonly number[]): Promise<SshProfile> {
  const [key, knownHostsFile] = [join(dir, 'key'), join(dir, 'known_hosts')];
  await writeFile(key, newKeyPair().privateText, { mode: 0o600 });
  await writeFile(knownHostsFile, ports.map(port => `[127.0.0.1]:${port} ${hostKey}\n`).join(''));
  return {
    user: 'root',
    auth: { kind: 'key', file: key },
    knownHostsFile,
    hostKeys: 'strict',
    jump: [],
    become: 'none',
    connectTimeoutMs: 60_000,
    keepaliveIntervalMs: 15_000,
    keepaliveCountMax: 3,
  };
}

async function startHosts(count: number) {
  const script = fileURLToPath(new URL('../helpers/many-hosts.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, String(count)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(([code]) => {
      throw new Error(`the hosts ended with ${String(code)}`);
    }),
  ]);
  const { hostKey, ports } = JSON.parse(String(line)) as { hostKey: string; ports: number[] };
  return {
    hostKey,
    ports,
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
