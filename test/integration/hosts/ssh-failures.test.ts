import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { type Failure, failureOf } from '../../../shared/domain/failure.ts';
import type { SshProfile } from '../../../shared/domain/plan.ts';
import { type SshHosts, sshHosts } from '../../../shared/hosts/ssh/connector.ts';
import type { Host } from '../../../shared/ports/host.ts';
import { nodeOf } from '../../helpers/host-over-ssh.ts';
import { type Cable, cableTo, type RawServer, rawServer, ssh2Server } from '../../helpers/raw-servers.ts';
import { type SshAccounts, startAccounts, whyNoAccounts } from '../../helpers/ssh-accounts.ts';

const run = promisify(execFile);
const BANNER = 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n';
const nopasswd = (user: string) => `${user} ALL=(ALL) NOPASSWD: ALL`;

const ACCOUNTS = [
  { name: 'nt-plain', sudo: [nopasswd('nt-plain')] },
  { name: 'nt-asks', sudo: ['nt-asks ALL=(ALL) ALL'] },
  { name: 'nt-none' },
  { name: 'nt-other', sudo: ['Defaults:nt-other !authenticate', 'nt-other ALL=(ALL) /bin/true'] },
  { name: 'nt-tty', sudo: ['Defaults:nt-tty requiretty', nopasswd('nt-tty')] },
  { name: 'nt-nologin', shell: '/usr/sbin/nologin' },
  { name: 'nt-false', shell: '/bin/false' },
  { name: 'nt-expired', expired: true },
  { name: 'nt-noise', shell: '/bin/bash', home: { '.bashrc': 'echo Welcome; printf "no line end"; echo oops >&2\n' } },
  { name: 'nt-homeless', home: null, sudo: [nopasswd('nt-homeless')] },
  { name: 'nt-sftp' },
  { name: 'nt-bare' },
];

const leftOut = whyNoAccounts();
let farm: SshAccounts;
let hosts: SshHosts;
let cable: Cable;
let blocker: Socket;
const raw: Record<string, RawServer> = {};
/** Called by a server when it has got the last thing that it answers. */
let hung: (server: string) => void = () => {};

beforeEach(context => context.skip(leftOut !== undefined, leftOut));
beforeAll(async () => {
  if (leftOut !== undefined) return;
  const bare = ['Match User nt-bare', 'SetEnv PATH=@DIR@/bare'];
  farm = await startAccounts(ACCOUNTS, [
    ['Match User nt-sftp', 'ForceCommand internal-sftp', ...bare],
    ['MaxStartups 1'],
    ['MaxSessions 0'],
    ['KexAlgorithms sntrup761x25519-sha512@openssh.com'],
    ['AllowTcpForwarding no'],
    ['PubkeyAuthentication no', 'PasswordAuthentication yes'],
    ['AuthenticationMethods publickey,password', 'PasswordAuthentication yes'],
  ]);
  hosts = sshHosts();
  cable = await cableTo(farm.ports[0] ?? 0);
  raw['silent'] = await rawServer(socket => socket.on('data', () => hung('silent')));
  raw['kex'] = await rawServer(socket => {
    let heard = '';
    socket.on('data', data => {
      heard += data.toString('latin1');
      // Only who has read our version goes on to the keys.
      if (heard.includes('diffie-hellman')) hung('kex');
    });
    socket.write(BANNER);
  });
  raw['full'] = await rawServer(socket => socket.end('Not allowed at this time\r\n'));
  raw['closes'] = await rawServer(socket => socket.end(BANNER));
  raw['http'] = await rawServer(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const deaf = await ssh2Server(client => client.on('session', () => hung('no session')));
  raw['no session'] = deaf;
  await appendFile(join(farm.dir, 'known_hosts'), `[127.0.0.1]:${deaf.port} ${deaf.hostKey}\n`);
  await appendFile(join(farm.dir, 'known_hosts'), `[127.0.0.1]:${cable.port} ${farm.hostKey}\n`);
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(farm.dir, 'other')]);
  blocker = await takeStartup(farm.ports[1] ?? 0);
});
afterAll(async () => {
  blocker?.destroy();
  await hosts?.close();
  await Promise.all([cable, ...Object.values(raw)].map(server => server?.stop()));
  await farm?.stop();
});

/** A login that is begun and not gone on with. */
async function takeStartup(at: number): Promise<Socket> {
  for (;;) {
    const socket = connect(at, '127.0.0.1').on('error', () => {});
    const [said] = (await once(socket, 'data')) as [Buffer];
    // The server has taken it once it says its version.
    if (said.toString('latin1').startsWith('SSH-')) return socket;
    socket.destroy();
  }
}

interface Way {
  readonly user?: string;
  /** Which of the servers; a port for others. */
  readonly server?: number | (() => number);
  readonly address?: string;
  readonly become?: 'sudo';
  readonly profile?: () => Partial<SshProfile> | Promise<Partial<SshProfile>>;
  /** Default: its facts. */
  readonly call?: (host: Host) => Promise<unknown>;
}

const port = (name: string) => () => raw[name]?.port ?? 0;
const known = (name: string, text: () => Promise<string> | string) => async () => {
  const file = join(farm.dir, `known-${name}`);
  await writeFile(file, await text());
  return { knownHostsFile: file };
};
const otherKey = async () => (await readFile(join(farm.dir, 'other.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
const first = () => `[127.0.0.1]:${farm.ports[0]}`;

const facts = (host: Host) => host.facts(new AbortController().signal);
const script = (text: string) => (host: Host) => host.run({ text, args: [] }, new AbortController().signal);

/** What is in the way, the code, whether a further attempt can help, what the line says. */
const TABLE: readonly (readonly [string, Way, string, boolean, RegExp])[] = [
  ['a name that is not known', { address: 'nowhere.invalid' }, 'host-name-not-found', true, /has no address/],
  ['a closed port', { server: () => 1 }, 'host-refused-connection', true, /refuses the connection/],
  ['a server that is full (MaxStartups)', { server: 1 }, 'host-closed-before-login', true, /closed the connection/],
  ['a server that sends us away', { server: port('full') }, 'host-closed-before-login', true, /closed the connection/],
  ['a server that closes', { server: port('closes') }, 'host-closed-before-login', true, /closed the connection/],
  ['another protocol', { server: port('http') }, 'host-closed-before-login', true, /closed the connection/],
  ['no session allowed (MaxSessions 0)', { server: 2 }, 'host-sessions-full', true, /opens no session/],
  ['no common algorithm', { server: 3 }, 'host-ssh-incompatible', false, /no algorithm in common/],
  ['a key not known', { profile: known('none', () => '') }, 'host-key-unknown', false, /is not known/],
  [
    'another key known',
    { profile: known('other', async () => `${first()} ${await otherKey()}\n`) },
    'host-key-changed',
    false,
    /is not the one we know/,
  ],
  [
    'a key of another type known',
    { profile: known('type', async () => `${first()} ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7\n`) },
    'host-key-changed',
    false,
    /is not the one we know/,
  ],
  [
    'a key revoked',
    { profile: known('revoked', () => `${first()} ${farm.hostKey}\n@revoked * ${farm.hostKey}\n`) },
    'host-key-revoked',
    false,
    /is revoked/,
  ],
  [
    'only a certificate authority known',
    { profile: known('authority', async () => `@cert-authority [127.0.0.1]:* ${await otherKey()}\n`) },
    'host-key-authority-only',
    false,
    /not supported/,
  ],
  [
    'a key of ours that is not allowed',
    { profile: () => ({ auth: { kind: 'key', file: join(farm.dir, 'other') } }) },
    'host-auth-refused',
    false,
    /refuses the login of nt-plain with the key .*other; the server takes publickey/,
  ],
  ['a user that is not known', { user: 'nt-nobody' }, 'host-auth-refused', false, /refuses the login of nt-nobody/],
  ['keys not taken at all', { server: 5 }, 'host-auth-refused', false, /the server takes password/],
  ['a second factor', { server: 6 }, 'host-auth-refused', false, /asks besides for password/],
  ['a login shell of nologin', { user: 'nt-nologin' }, 'host-no-shell', false, /runs no commands/],
  ['a login shell of false', { user: 'nt-false' }, 'host-no-shell', false, /runs no commands/],
  ['files only', { user: 'nt-sftp' }, 'host-no-shell', false, /runs no commands/],
  ['a password that has expired', { user: 'nt-expired' }, 'host-password-expired', false, /wants a new password/],
  ['sudo that asks', { user: 'nt-asks', become: 'sudo' }, 'sudo-asks-password', false, /asks for a password/],
  [
    'a user sudo does not know',
    { user: 'nt-none', become: 'sudo' },
    'sudo-asks-password',
    false,
    /asks for a password/,
  ],
  ['sudo for other commands', { user: 'nt-other', become: 'sudo' }, 'sudo-not-allowed', false, /does not allow/],
  ['sudo that wants a terminal', { user: 'nt-tty', become: 'sudo' }, 'sudo-needs-terminal', false, /wants a terminal/],
  ['no sudo', { user: 'nt-bare', become: 'sudo' }, 'sudo-missing', false, /has no sudo/],
  [
    'a command that the host ends',
    { call: script('kill -HUP $PPID; sleep 9') },
    'host-connection-lost',
    true,
    /lost the connection|ended our script/,
  ],
  [
    'a connection cut in mid-command',
    {
      server: () => cable.port,
      call: host => {
        const running = script('sleep 30')(host);
        void script('true')(host).then(() => cable.cut());
        return running;
      },
    },
    'host-connection-lost',
    true,
    /lost the connection/,
  ],
];

function hostFor({ user = 'nt-plain', server = 0, address = '127.0.0.1', become }: Way, profile: Partial<SshProfile>) {
  const at = typeof server === 'number' ? (farm.ports[server] ?? 0) : server();
  const node = nodeOf({ name: 'node-1', cluster: 'c', sequence: 1, port: at });
  const settings = { ...farm.profile(user), ...(become ? { become } : {}), ...profile };
  return {
    host: hosts.connect({ ...node, host: { ...node.host, address } }, { farm: settings }),
    where: `${address}:${at}`,
  };
}

const failing = (asked: Promise<unknown>): Promise<Failure> => asked.then(() => expect.fail('no failure'), failureOf);

function expectFailure(failure: Failure, where: string, [code, retryable, says]: readonly [string, boolean, RegExp]) {
  expect(failure).toMatchObject({ code, retryable, message: expect.stringMatching(says) });
  expect(failure.message).toContain(where);
  expect(failure.message).not.toContain('\n');
  expect(failure.todo).toMatch(/\w{3}/);
}

it.each(TABLE)('%s', async (_what, way, ...told) => {
  const { host, where } = hostFor(way, (await way.profile?.()) ?? {});
  expectFailure(await failing((way.call ?? facts)(host)), where, told);
});

// Our clock stands still until the server hangs: what comes before may take its time.
it.each([
  ['a port that says nothing', 'silent', 'host-silent', /says nothing/],
  ['a hang in the key exchange', 'kex', 'host-login-timeout', /did not end/],
  ['no session after the login', 'no session', 'host-session-timeout', /begins/],
])('%s', async (_what, server, code, says) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const hanging = new Promise<void>(resolve => {
    hung = name => name === server && resolve();
  });
  const { host, where } = hostFor({ server: port(server) }, { connectTimeoutMs: 3_000 });
  let ended = false;
  const failed = failing(facts(host)).finally(() => {
    ended = true;
  });
  await hanging;
  expect(ended).toBe(false);
  await vi.advanceTimersByTimeAsync(3_000);
  expectFailure(await failed, where, [code, true, says]);
});

it('what does not hinder: a login script that talks, a home that is gone', async () => {
  for (const user of ['nt-noise', 'nt-homeless']) {
    const { host } = hostFor({ user }, {});
    const result = await script('echo "$0 $1"; id -un; exit 3')(host);
    expect(result).toMatchObject({ exitCode: 3, stdout: `sh \n${user}\n` });
  }
  const { host } = hostFor({ user: 'nt-homeless', become: 'sudo' }, {});
  expect(await script('id -un')(host)).toMatchObject({ exitCode: 0, stdout: 'root\n' });
});

it('a key refused is asked for once, never again by itself', async () => {
  const server = await ssh2Server(() => {});
  const profile = { knownHostsFile: join(farm.dir, 'known-none-2') };
  const { host } = hostFor({ server: () => server.port }, profile);
  await expect(facts(host)).rejects.toMatchObject({ failure: { code: 'host-key-unknown' } });
  expect(server.seen()).toBe(1);
  await server.stop();
});
