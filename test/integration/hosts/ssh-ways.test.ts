import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { SecretRef, SshProfile } from '../../../shared/domain/plan.ts';
import { type SshHosts, sshHosts } from '../../../shared/hosts/ssh/connector.ts';
import type { Host } from '../../../shared/ports/host.ts';
import { nodeOf } from '../../helpers/host-over-ssh.ts';
import { type SshAccounts, startAccounts, whyNoAccounts } from '../../helpers/ssh-accounts.ts';

const run = promisify(execFile);

const leftOut = whyNoAccounts();
let farm: SshAccounts;
let hosts: SshHosts;

beforeEach(context => context.skip(leftOut !== undefined, leftOut));
beforeAll(async () => {
  if (leftOut !== undefined) return;
  farm = await startAccounts([{ name: 'nt-one' }, { name: 'nt-two' }], [[], [], [], ['AllowTcpForwarding no']]);
  hosts = sshHosts();
});
afterAll(async () => {
  await hosts?.close();
  await farm?.stop();
});

const whoami = (host: Host) =>
  host.run({ text: 'id -un', args: [] }, new AbortController().signal).then(
    ({ stdout }) => stdout.trim(),
    error => failureOf(error),
  );

function host(profile: Partial<SshProfile>, more: Record<string, SshProfile> = {}, port = farm.ports[0] ?? 0): Host {
  const profiles = { farm: { ...farm.profile('nt-one'), ...profile }, ...more };
  return hosts.connect(nodeOf({ name: 'n', cluster: 'c', sequence: 1, port }), profiles);
}

describe('encrypted keys', () => {
  const file = (name: string) => join(farm.dir, name);

  beforeAll(async () => {
    if (leftOut !== undefined) return;
    await writeFile(file('pass'), 'correct horse\n');
    for (const [name, form, type] of [
      ['rsa-pem', 'PEM', 'rsa'],
      ['ec-pem', 'PEM', 'ecdsa'],
      ['rsa-pkcs8', 'PKCS8', 'rsa'],
      ['ec-pkcs8', 'PKCS8', 'ecdsa'],
      ['ed-openssh', '', 'ed25519'],
      ['rsa-openssh', '', 'rsa'],
    ] as const) {
      const words = ['-q', '-t', type, ...(form === '' ? [] : ['-m', form]), '-N', 'correct horse', '-f', file(name)];
      await run('ssh-keygen', words);
      await appendFile(file('client.pub'), await readFile(`${file(name)}.pub`));
    }
  });

  const key = (name: string, passphrase?: SecretRef) =>
    host({ auth: { kind: 'key', file: file(name), ...(passphrase ? { passphrase } : {}) } });

  it.each(['rsa-pem', 'ec-pem', 'rsa-pkcs8', 'ec-pkcs8', 'ed-openssh', 'rsa-openssh'])('%s', async name => {
    expect(await whoami(key(name, { file: file('pass') }))).toBe('nt-one');
    process.env['NODETIDE_TEST_WRONG'] = 'battery staple';
    const wrong = await whoami(key(name, { env: 'NODETIDE_TEST_WRONG' }));
    expect(wrong).toMatchObject({ code: 'ssh-settings', message: expect.stringMatching(/wrong passphrase/) });
    expect(JSON.stringify(wrong)).not.toContain('battery');
    expect(await whoami(key(name))).toMatchObject({
      code: 'ssh-settings',
      message: expect.stringMatching(/encrypted, and no passphrase is named/),
    });
  });

  it('a key that is not there, is none, or is a public one', async () => {
    const settings = (text: RegExp) => ({ code: 'ssh-settings', message: expect.stringMatching(text) });
    expect(await whoami(key('nowhere'))).toMatchObject(settings(/cannot be read from .*nowhere \(ENOENT\)/));
    expect(await whoami(key('pass'))).toMatchObject(settings(/not a private key/));
    expect(await whoami(key('key.pub'))).toMatchObject(settings(/public key/));
  });
});

describe('an agent', () => {
  it('signs; without a key, killed or not there it is told apart from the host', async () => {
    const socket = join(farm.dir, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(agent, 'close');
    await once(agent.stdout, 'data');
    const profile = { auth: { kind: 'agent', socket } } as const;
    const settings = (text: RegExp) => ({
      code: 'ssh-settings',
      retryable: false,
      message: expect.stringMatching(text),
    });
    expect(await whoami(host(profile))).toMatchObject(settings(/holds no key/));
    await run('ssh-add', ['-q', join(farm.dir, 'client')], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    expect(await whoami(host(profile))).toBe('nt-one');
    agent.kill();
    await ended;
    await hosts.close();
    expect(await whoami(host(profile))).toMatchObject(settings(/agent at .* does not answer/));
  });

  it('with many keys of which none is allowed: a refused login', async () => {
    const socket = join(farm.dir, 'agent-2');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(agent, 'close');
    await once(agent.stdout, 'data');
    const env = { ...process.env, SSH_AUTH_SOCK: socket };
    for (let number = 0; number < 8; number += 1) {
      const key = join(farm.dir, `spare-${number}`);
      await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
      await run('ssh-add', ['-q', key], { env });
    }
    expect(await whoami(host({ auth: { kind: 'agent', socket } }))).toMatchObject({
      code: 'host-auth-refused',
      message: expect.stringContaining('8 keys of the agent'),
    });
    agent.kill();
    await ended;
  });
});

describe('two jump hosts', () => {
  const hop = (port: number | undefined, profile = 'hop') => ({ address: '127.0.0.1', port: port ?? 0, profile });
  const through = (jump: SshProfile['jump'], changes: Partial<SshProfile> = {}, port = farm.ports[2]) =>
    whoami(host({ jump }, { hop: farm.profile('nt-two'), bad: { ...farm.profile('nt-two'), ...changes } }, port));

  it('are gone through, each with its own user', async () => {
    const [one, two, three] = farm.ports;
    expect(await through([hop(one), hop(two)])).toBe('nt-one');
    const said = await host({ jump: [hop(one), hop(two)] }, { hop: farm.profile('nt-two') }, three).run(
      { text: 'echo "$SSH_CONNECTION"', args: [] },
      new AbortController().signal,
    );
    expect(said.stdout).toContain(` ${three}\n`);
  });

  it('a failure names the hop it happened at', async () => {
    const [one, two, three, closed] = farm.ports;
    const name = (port: number | undefined) => `127.0.0.1:${port}`;
    const jump = (port: number | undefined) => `jump host ${name(port)} (on the way to ${name(three)})`;
    const refused = { auth: { kind: 'key', file: join(farm.dir, 'stranger') } } as const;
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(farm.dir, 'stranger')]);
    const unknown = { knownHostsFile: join(farm.dir, 'nobody') };
    const expected = (code: string, text: string) => ({ code, message: expect.stringContaining(text) });
    const first = await through([hop(1), hop(two)]);
    expect(first).toMatchObject(expected('host-refused-connection', `jump host 127.0.0.1:1 (on the way to`));
    expect(await through([hop(one, 'bad'), hop(two)], refused)).toMatchObject(expected('host-auth-refused', jump(one)));
    expect(await through([hop(one), hop(two, 'bad')], refused)).toMatchObject(expected('host-auth-refused', jump(two)));
    expect(await through([hop(one), hop(two, 'bad')], unknown)).toMatchObject(
      expected('host-key-unknown', `the key of ${name(two)}`),
    );
    expect(await through([hop(one), hop(1)])).toMatchObject(expected('host-refused-connection', '127.0.0.1:1'));
    expect(await through([hop(closed), hop(two)])).toMatchObject(expected('host-jump-refused', jump(closed)));
    const last = await through([hop(one), hop(two)], {}, 1);
    expect(last).toMatchObject({
      ...expected('host-refused-connection', '127.0.0.1:1'),
      seen: expect.stringContaining(name(two)),
    });
    const lost = await whoami(
      hosts.connect(
        {
          ...nodeOf({ name: 'x', cluster: 'c', sequence: 1, port: 22 }),
          host: { address: 'no.invalid', port: 22, profile: 'far' },
        },
        { far: { ...farm.profile('nt-one'), jump: [hop(one)] }, hop: farm.profile('nt-two') },
      ),
    );
    expect(lost).toMatchObject(expected('host-name-not-found', 'no.invalid:22'));
  });
});

describe('keys accepted for the first time', () => {
  it('are told once, and written once however many come at the same time', async () => {
    const file = join(farm.dir, 'new', 'known_hosts');
    const profile: SshProfile = { ...farm.profile('nt-one'), knownHostsFile: file, hostKeys: 'accept-new' };
    const told: string[] = [];
    const nodes = Array.from({ length: 24 }, (_, index) =>
      nodeOf({ name: `n${index}`, cluster: 'c', sequence: 1, port: farm.ports[index % 4] ?? 0 }),
    );
    const all = nodes.map(node => hosts.connect(node, { farm: profile }, text => told.push(text)));
    expect(new Set(await Promise.all(all.map(whoami)))).toEqual(new Set(['nt-one']));
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    expect(lines.toSorted()).toEqual(farm.ports.map(port => `[127.0.0.1]:${port} ${farm.hostKey}`).toSorted());
    expect(told).toHaveLength(4);
    expect(told[0]).toMatch(
      /^accepted ssh-ed25519 SHA256:\S+ of 127\.0\.0\.1:\d+, seen for the first time; written to /,
    );
  });

  it('another key that was written meanwhile is a changed key; a certificate authority is not overruled', async () => {
    const file = join(farm.dir, 'authority');
    await writeFile(file, `@cert-authority * ${farm.hostKey}\n`);
    expect(await whoami(host({ knownHostsFile: file, hostKeys: 'accept-new' }))).toMatchObject({
      code: 'host-key-authority-only',
    });
  });
});
