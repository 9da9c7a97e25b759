import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { WorldEntry } from '../../services/simulator/world.ts';
import type { SshProfile } from '../../shared/domain/plan.ts';
import { findOpenSsh, type OpenSsh } from './openssh.ts';
import { freePort } from './ports.ts';

const run = promisify(execFile);

/** A package waiting to be upgraded; with `kernel`, it brings that kernel and asks for a reboot. */
export interface PendingPackage {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly kernel?: string;
}

/** One pretended host behind a real OpenSSH server. */
export interface HostSpec {
  readonly name: string;
  readonly cluster?: string;
  readonly sequence?: number;
  readonly kernel?: string;
  readonly pending?: readonly PendingPackage[];
}

export interface RunningHost {
  readonly name: string;
  readonly cluster: string;
  readonly sequence: number | null;
  readonly port: number;
  /** Its folder: server, scripts, `state` and `root`. */
  readonly dir: string;
  /** What the host sees as its root. */
  readonly root: string;
  bootId(): Promise<string>;
  /**
   * Changes how it behaves: `upgrade-seconds`, `upgrade-exit`, `update-exit`, `boot-seconds`, `reboot-does-nothing` (yes),
   * `never-returns` (yes). null: as at first.
   */
  set(setting: string, value: string | null): Promise<void>;
  /** Reboots it as somebody else would; returns when it is up again. */
  rebootByOthers(): Promise<void>;
  /** The server's processes die, as if the cable were cut; `start` brings the server back with the same boot id. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export interface SshFarm {
  readonly dir: string;
  readonly hosts: readonly RunningHost[];
  /** To reach them all: strict keys, known_hosts filled. */
  readonly profile: SshProfile;
  /** The world's log: JSON lines, see WorldEntry. */
  readonly worldFile: string;
  world(): Promise<WorldEntry[]>;
  stop(): Promise<void>;
}

/**
 * Starts a real OpenSSH server for each host, on loopback ports, each with its own key and a private world: package and
 * reboot commands are scripts (test/helpers/host-scripts) that act on files and write the world's log.
 */
export async function startSshd(options: { readonly hosts: readonly HostSpec[] }): Promise<SshFarm> {
  const ssh = await findOpenSsh();
  const dir = await mkdtemp(join(tmpdir(), 'nodetide-sshd-'));
  const worldFile = join(dir, 'world.jsonl');
  await writeFile(worldFile, '');
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, 'client')]);
  const hosts = await Promise.all(options.hosts.map(spec => startHost(dir, worldFile, spec, ssh)));
  const keys = await Promise.all(hosts.map(host => readFile(join(host.dir, 'key.pub'), 'utf8')));
  const lines = hosts.map(({ port }, index) => `[127.0.0.1]:${port} ${keys[index]?.split(' ').slice(0, 2).join(' ')}`);
  await writeFile(join(dir, 'known_hosts'), `${lines.join('\n')}\n`);
  return {
    dir,
    hosts,
    profile: profileOf(dir),
    worldFile,
    world: async () =>
      (await readFile(worldFile, 'utf8'))
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line)),
    stop: async () => {
      await Promise.all(hosts.map(host => host.end()));
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function profileOf(dir: string): SshProfile {
  return {
    user: userInfo().username,
    auth: { kind: 'key', file: join(dir, 'client') },
    knownHostsFile: join(dir, 'known_hosts'),
    hostKeys: 'strict',
    jump: [],
    become: 'none',
    connectTimeoutMs: 10_000,
    keepaliveIntervalMs: 5_000,
    keepaliveCountMax: 3,
  };
}

async function startHost(farm: string, worldFile: string, spec: HostSpec, ssh: OpenSsh) {
  const dir = join(farm, 'hosts', spec.name);
  const [root, state] = [join(dir, 'root'), join(dir, 'state')];
  const port = await freePort();
  await makeRoot(root, state, spec);
  await cp(join(import.meta.dirname, 'host-scripts'), join(dir, 'bin'), { recursive: true });
  await cp(join(dir, 'bin', 'shell'), join(dir, 'shell'));
  const { cluster = 'farm', sequence = null } = spec;
  const env = { CLUSTER: cluster, NODE: spec.name, SEQUENCE: String(sequence), WORLD: worldFile, SSHD: ssh.sshd };
  const lines = Object.entries({ ...env, SSHD_LIBS: ssh.libs }).map(([name, value]) => `${name}='${value}'`);
  await writeFile(join(dir, 'env'), `${lines.join('\n')}\n`);
  await writeFile(join(dir, 'sshd.conf'), configOf(dir, join(farm, 'client.pub'), port, ssh));
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, 'key')]);
  const sh = (text: string) =>
    run('/bin/sh', ['-c', `. "$HOST/bin/lib.sh"; ${text}`], { env: { ...process.env, HOST: dir } });
  await sh('start_daemon');
  return {
    name: spec.name,
    cluster,
    sequence,
    port,
    root,
    dir,
    bootId: async () => (await readFile(join(root, 'proc/sys/kernel/random/boot_id'), 'utf8')).trim(),
    set: async (setting: string, value: string | null) =>
      value === null ? rm(join(state, setting), { force: true }) : writeFile(join(state, setting), value),
    rebootByOthers: async () => void (await sh('. "$HOST/bin/reboot.sh"')),
    stop: async () => void (await sh('stop_daemon')),
    start: async () => void (await sh('start_daemon')),
    end: async () =>
      void (await sh('[ ! -s "$HOST/boot.pid" ] || kill_tree "$(cat "$HOST/boot.pid")"; stop_daemon; stop_tasks')),
  };
}

async function makeRoot(root: string, state: string, spec: HostSpec): Promise<void> {
  const kernel = spec.kernel ?? '6.1.0-1-amd64';
  const pending = spec.pending ?? [];
  const files: Record<string, string> = {
    [join(root, 'proc/sys/kernel/random/boot_id')]: `${randomUUID()}\n`,
    [join(root, 'proc/uptime')]: '30.00 30.00\n',
    [join(root, 'etc/os-release')]: 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    [join(root, 'boot', `vmlinuz-${kernel}`)]: '',
    [join(root, 'lib/modules', kernel, 'modules.dep')]: '',
    [join(root, 'var/run/.keep')]: '',
    [join(state, 'kernel')]: `${kernel}\n`,
    [join(state, 'packages')]: ['base-files 12.4', ...pending.map(({ name, from }) => `${name} ${from}`), ''].join(
      '\n',
    ),
    [join(state, 'pending')]: pending
      .map(({ name, from, to, kernel: brings }) => `${name} ${from} ${to}${brings ? ` kernel ${brings}` : ''}\n`)
      .join(''),
  };
  for (const [file, text] of Object.entries(files)) {
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, text);
  }
}

function configOf(dir: string, clientKey: string, port: number, ssh: OpenSsh): string {
  return `
ListenAddress 127.0.0.1
Port ${port}
HostKey ${dir}/key
PidFile ${dir}/sshd.pid
AuthorizedKeysFile ${clientKey}
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
${ssh.patience}
MaxStartups 200
MaxSessions 100
SetEnv HOME=${dir}
ForceCommand ${dir}/shell
LogLevel VERBOSE
`;
}
