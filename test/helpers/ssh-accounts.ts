import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SshProfile } from '../../shared/domain/plan.ts';
import { debianTools } from './debian-tools.ts';
import { findOpenSsh, type OpenSsh } from './openssh.ts';
import { freePort } from './ports.ts';

const run = promisify(execFile);

/** An account of the test server. */
export interface Account {
  readonly name: string;
  /** Default `/bin/sh`. */
  readonly shell?: string;
  /** Files in its home; null: it has no home. */
  readonly home?: Readonly<Record<string, string>> | null;
  /** Its password has to be changed at the next login. */
  readonly expired?: boolean;
  /** Lines of sudoers. */
  readonly sudo?: readonly string[];
}

/** One OpenSSH server: what its configuration has besides; `@DIR@` is the folder of them all. */
export type ServerConfig = readonly string[];

/** Real OpenSSH servers over real accounts, with real sudo and PAM, that nobody but them sees. */
export interface SshAccounts {
  readonly dir: string;
  /** Ports, in the order of the configurations. */
  readonly ports: readonly number[];
  /** Of the server's key, `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  /** To log in as this user; strict keys, all servers known. */
  profile(user: string): SshProfile;
  stop(): Promise<void>;
}

/** Why there can be no such servers on this machine, also printed; undefined: there can. */
export function whyNoAccounts(): string | undefined {
  try {
    execFileSync('unshare', ['--mount', 'mount', '--make-rprivate', '/'], { stdio: 'ignore' });
    if (process.getuid?.() === 0) return undefined;
  } catch {
    // Nor as root, in most containers.
  }
  const why = 'servers with accounts of their own need root and mount namespaces';
  process.stdout.write(`not tested here: OpenSSH with accounts, sudo and PAM (${why})\n`);
  return why;
}

/**
 * Starts a server for each configuration. passwd, shadow, group, sudoers and PAM's configuration are the test's own, in a
 * mount namespace of these servers: the machine's accounts stay as they are. Not where `whyNoAccounts` has a reason; where
 * the machine has no sudo, it is unpacked from the distribution's package. Throws with the reason where that cannot be.
 */
export async function startAccounts(
  accounts: readonly Account[],
  configs: readonly ServerConfig[],
): Promise<SshAccounts> {
  const ssh = await findOpenSsh();
  const dir = await mkdtemp(join(tmpdir(), 'nodetide-accounts-'));
  await chmod(dir, 0o755);
  for (const key of ['key', 'client']) await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, key)]);
  await writeEtc(dir, accounts);
  const ports = await Promise.all(configs.map(() => freePort()));
  const files = await Promise.all(
    configs.map(async (config, index) => {
      const file = join(dir, `sshd-${index}.conf`);
      const lines = config.map(line => line.replaceAll('@DIR@', dir));
      await writeFile(file, configOf(dir, ports[index] ?? 0, lines, ssh));
      return file;
    }),
  );
  const servers = await launch(dir, ssh, files);
  await Promise.all(ports.map(port => listening(port, servers)));
  const hostKey = (await readFile(join(dir, 'key.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
  await writeFile(join(dir, 'known_hosts'), ports.map(port => `[127.0.0.1]:${port} ${hostKey}\n`).join(''));
  return {
    dir,
    ports,
    hostKey,
    profile: user => profileOf(dir, user),
    stop: async () => {
      const ended = servers.exitCode === null ? once(servers, 'close') : Promise.resolve();
      killTree(servers.pid ?? 0);
      await ended;
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function profileOf(dir: string, user: string): SshProfile {
  return {
    user,
    auth: { kind: 'key', file: join(dir, 'client') },
    knownHostsFile: join(dir, 'known_hosts'),
    hostKeys: 'strict',
    jump: [],
    become: 'none',
    connectTimeoutMs: 20_000,
    keepaliveIntervalMs: 5_000,
    keepaliveCountMax: 3,
  };
}

async function writeEtc(dir: string, accounts: readonly Account[]): Promise<void> {
  const etc = join(dir, 'etc');
  await mkdir(join(etc, 'pam.d'), { recursive: true });
  for (const file of ['passwd', 'shadow', 'group']) await cp(join('/etc', file), join(etc, file));
  await appendFile(join(etc, 'passwd'), 'sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin\n');
  const sudoers = ['Defaults env_reset', 'Defaults secure_path="/usr/sbin:/usr/bin:/sbin:/bin"', 'root ALL=(ALL) ALL'];
  for (const [index, { name, shell = '/bin/sh', home = {}, expired, sudo = [] }] of accounts.entries()) {
    const [id, folder] = [64_100 + index, join(dir, 'home', name)];
    await appendFile(join(etc, 'passwd'), `${name}:x:${id}:${id}::${folder}:${shell}\n`);
    await appendFile(join(etc, 'group'), `${name}:x:${id}:\n`);
    // `*`: no password opens it. Changed on day 0: has to be changed now.
    await appendFile(join(etc, 'shadow'), `${name}:*:${expired ? 0 : 19_000}:0:99999:7:::\n`);
    sudoers.push(...sudo);
    if (home === null) continue;
    await mkdir(folder, { recursive: true });
    for (const [file, text] of Object.entries(home)) await writeFile(join(folder, file), text);
    await run('chown', ['-R', `${id}:${id}`, folder]);
  }
  await writeFile(join(etc, 'sudoers'), `${sudoers.join('\n')}\n`, { mode: 0o440 });
  const pam = 'auth required pam_unix.so\naccount required pam_unix.so\nsession required pam_permit.so\n';
  for (const service of ['sshd', 'sudo', 'other']) await writeFile(join(etc, 'pam.d', service), pam);
  // A PATH in which there is no sudo.
  await mkdir(join(dir, 'bare'));
  for (const name of ['sh', 'env']) await symlink(join('/usr/bin', name), join(dir, 'bare', name));
}

function configOf(dir: string, port: number, config: ServerConfig, ssh: OpenSsh): string {
  const match = config.findIndex(line => line.startsWith('Match '));
  const end = match < 0 ? config.length : match;
  // The first word on a matter counts, and what follows a Match belongs to it.
  return `
${config.slice(0, end).join('\n')}
ListenAddress 127.0.0.1
Port ${port}
HostKey ${dir}/key
PidFile none
AuthorizedKeysFile ${dir}/client.pub
StrictModes no
UsePAM yes
PasswordAuthentication no
KbdInteractiveAuthentication no
${ssh.patience}
Subsystem sftp internal-sftp
${config.slice(end).join('\n')}
`;
}

/** One process whose end is the end of all servers and, with the namespace, of all mounts. */
async function launch(dir: string, ssh: OpenSsh, files: readonly string[]): Promise<ChildProcess> {
  const script = `
set -e
mount --make-rprivate /
${existsSync('/usr/bin/sudo') ? '' : await overlayWithSudo()}
for file in passwd shadow group; do mount --bind "$1/etc/$file" "/etc/$file"; done
[ -e /etc/sudoers ] || { mkdir "$1/etc-all" && cp -a /etc/. "$1/etc-all" && : >"$1/etc-all/sudoers" && mount --bind "$1/etc-all" /etc; }
mount --bind "$1/etc/sudoers" /etc/sudoers
mount --bind "$1/etc/pam.d" /etc/pam.d
dir=$1 sshd=$2
shift 2
for file; do "$sshd" -t -f "$file"; done
for file; do
  "$sshd" -D -f "$file" -E "$file.log" &
done
wait
`;
  const env = { ...process.env, ...(ssh.libs === '' ? {} : { LD_LIBRARY_PATH: ssh.libs }) };
  const words = ['--mount', '/bin/sh', '-c', script, 'sh', dir, ssh.sshd, ...files];
  return spawn('unshare', words, { env, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** A line that lays the unpacked sudo over /usr. */
async function overlayWithSudo(): Promise<string> {
  const tools = await debianTools('sudo-1', ['sudo']);
  if (typeof tools === 'string') throw new Error(`no sudo on this machine: ${tools}`);
  const usr = tools.env['PATH']?.split(':')[0]?.replace(/\/bin$/, '');
  return `mount -t overlay overlay -o 'lowerdir=${usr}:/usr' /usr`;
}

/** What the sessions have started ends too. */
function killTree(pid: number): void {
  if (pid === 0) return;
  let children = '';
  try {
    process.kill(pid, 'SIGSTOP');
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  } catch {
    return;
  }
  for (const child of children.split(' ').filter(Boolean)) killTree(Number(child));
  process.kill(pid, 'SIGKILL');
}

async function listening(port: number, servers: ChildProcess): Promise<void> {
  for (;;) {
    if (servers.exitCode !== null) throw new Error('the SSH servers did not start; see what they said above');
    const socket = connect(port, '127.0.0.1');
    const open = await Promise.race([
      once(socket, 'connect').then(
        () => true,
        () => false,
      ),
      once(socket, 'error').then(
        () => false,
        () => false,
      ),
    ]);
    socket.destroy();
    if (open) return;
    await new Promise(resolve => {
      setTimeout(resolve, 20);
    });
  }
}
