import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../../../shared/domain/failure.ts';
import { type SshHosts, sshHosts } from '../../../shared/hosts/ssh/connector.ts';
import { hostOf } from '../../helpers/host-over-ssh.ts';
import { type RunningHost, type SshFarm, startSshd } from '../../helpers/sshd.ts';

const run = promisify(execFile);
const never = () => new AbortController().signal;
const fence = (epoch = 1) => ({ installation: 'here', rollout: 'r1', node: 'one', round: 1, epoch });
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no failure',
    error => failureOf(error).code,
  );

let farm: SshFarm;
let one: RunningHost;
let two: RunningHost;
let hosts: SshHosts;

beforeAll(async () => {
  farm = await startSshd({ hosts: [{ name: 'one' }, { name: 'two' }] });
  [one, two] = farm.hosts as [RunningHost, RunningHost];
});
afterAll(() => farm.stop());
beforeEach(() => {
  hosts = sshHosts();
});
afterEach(() => hosts.close());

describe('a host over OpenSSH', () => {
  it('tells its facts', async () => {
    const facts = await hostOf(hosts, farm, one).facts(never());
    expect(facts).toMatchObject({
      bootId: await one.bootId(),
      kernel: '6.1.0-1-amd64',
      hostname: 'one',
      failedUnits: null,
    });
    expect(facts.os).toEqual({ id: 'debian', versionId: '12', prettyName: 'Debian GNU/Linux 12 (bookworm)' });
  });

  it('runs scripts with their arguments, and keeps characters whole', async () => {
    const text = 'printf "%s|" "$@"; printf "€%.0s" $(seq 1 40000); echo wrong >&2; exit 91';
    const result = await hostOf(hosts, farm, one).run({ text, args: ["it's", '$(id)', ''] }, never());
    expect(result).toEqual({ exitCode: 91, stdout: `it's|$(id)||${'€'.repeat(40000)}`, stderr: 'wrong\n' });
  });

  it('shares one connection between calls', async () => {
    const host = hostOf(hosts, farm, one);
    const script = { text: 'echo "$SSH_CONNECTION"', args: [] };
    const said = await Promise.all(Array.from({ length: 12 }, () => host.run(script, never())));
    expect(new Set(said.map(each => each.stdout)).size).toBe(1);
  });

  it('lets go at once when aborted', async () => {
    const stop = new AbortController();
    const running = hostOf(hosts, farm, one).run({ text: 'sleep 30', args: [] }, stop.signal);
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
  });

  it('takes a killed session for a lost connection', async () => {
    const killed = hostOf(hosts, farm, one).run({ text: 'kill -TERM 0; sleep 5', args: [] }, never());
    expect(await codeOf(killed)).toBe('host-connection-lost');
  });

  it('refuses an answer without end', async () => {
    const endless = hostOf(hosts, farm, one).run({ text: 'yes', args: [] }, never());
    expect(await codeOf(endless)).toBe('host-script-failed');
  });
});

describe('detached tasks over OpenSSH', () => {
  const script = {
    text: 'echo begun; until [ -e "$NODETIDE_ROOT/$1" ]; do sleep 0.05; done; echo över; exit 5',
    args: ['go'],
  };

  it('survive a lost connection: the next call attaches, and the log is whole', async () => {
    const host = hostOf(hosts, farm, one);
    const task = { id: 'r1-one-1', fence: fence(), script };
    let log = '';
    let begun = (): void => {};
    const hasBegun = new Promise<void>(resolve => {
      begun = resolve;
    });
    const first = host.runDetached(
      task,
      text => {
        log += text;
        begun();
      },
      never(),
    );
    await hasBegun;
    const lost = codeOf(first);
    await one.stop();
    expect(await lost).toMatch(/^host-(connection-lost|refused-connection)$/);
    await one.start();
    await writeFile(join(one.root, 'go'), '');
    const result = await host.runDetached(
      task,
      text => {
        log += text;
      },
      never(),
    );
    expect(result).toEqual({ kind: 'exited', exitCode: 5, attached: true, logTail: 'begun\növer\n' });
    expect(log).toBe('begun\növer\n');
  });

  it('cut by a reboot are told so', async () => {
    const host = hostOf(hosts, farm, two);
    const fenceOfTwo = { ...fence(), node: 'two' };
    const task = { id: 'r1-two-1', fence: fenceOfTwo, script: { text: 'echo begun; sleep 60', args: [] } };
    await new Promise<void>(resolve => {
      host.runDetached(task, () => resolve(), never()).catch(() => {});
    });
    await two.rebootByOthers();
    const result = await host.runDetached(task, () => {}, never());
    expect(result).toEqual({ kind: 'cut-by-reboot', bootId: await two.bootId() });
  });

  it('of an older epoch are refused', async () => {
    const host = hostOf(hosts, farm, one);
    await host.own(fence(7), never());
    expect(await codeOf(host.runDetached({ id: 'late', fence: fence(6), script }, () => {}, never()))).toBe(
      'host-stale-epoch',
    );
    expect(await codeOf(host.own({ ...fence(9), rollout: 'r2' }, never()))).toBe('host-not-owned');
  });
});

describe('what keeps a host from being reached', () => {
  it('a key that is not known, or not the one we know', async () => {
    const empty = join(farm.dir, 'empty_known_hosts');
    expect(await codeOf(hostOf(hosts, farm, one, { knownHostsFile: empty }).facts(never()))).toBe('host-key-unknown');
    const other = (await readFile(farm.profile.knownHostsFile, 'utf8'))
      .replace(`:${two.port} `, `:1 `)
      .replace(`:${one.port} `, `:${two.port} `);
    const swapped = join(farm.dir, 'swapped_known_hosts');
    await writeFile(swapped, other);
    expect(await codeOf(hostOf(hosts, farm, two, { knownHostsFile: swapped }).facts(never()))).toBe('host-key-changed');
  });

  it('accept-new writes the key down, and refuses another later', async () => {
    const file = join(farm.dir, 'new', 'known_hosts');
    const profile = { knownHostsFile: file, hostKeys: 'accept-new' } as const;
    await hostOf(hosts, farm, one, profile).facts(never());
    expect(await readFile(file, 'utf8')).toMatch(new RegExp(`^\\[127.0.0.1\\]:${one.port} ssh-ed25519 \\S+\\n$`));
    await writeFile(file, (await readFile(file, 'utf8')).replace(`:${one.port}`, `:${two.port}`));
    expect(await codeOf(hostOf(hosts, farm, two, profile).facts(never()))).toBe('host-key-changed');
  });

  it('a closed port, a name that is not known, a login that is refused', async () => {
    const closed = { ...one, name: 'closed', port: 1 };
    expect(await codeOf(hostOf(hosts, farm, closed).facts(never()))).toBe('host-refused-connection');
    const key = join(farm.dir, 'stranger');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    expect(await codeOf(hostOf(hosts, farm, one, { auth: { kind: 'key', file: key } }).facts(never()))).toBe(
      'host-auth-refused',
    );
  });

  it('a server that never speaks', async () => {
    let gone = (): void => {};
    const letGo = new Promise<void>(resolve => {
      gone = resolve;
    });
    const mute = createServer(socket =>
      socket
        .on('error', () => {})
        .on('close', gone)
        .resume(),
    );
    await new Promise<void>(resolve => {
      mute.listen(0, '127.0.0.1', resolve);
    });
    const { port } = mute.address() as { port: number };
    const facts = hostOf(hosts, farm, { ...one, name: 'mute', port }, { connectTimeoutMs: 200 }).facts(never());
    expect(await codeOf(facts)).toBe('host-silent');
    await letGo;
    mute.close();
  });
});

describe('keys and jump hosts', () => {
  it('opens an encrypted key with a passphrase from the environment; never tells it', async () => {
    const key = join(farm.dir, 'encrypted');
    await run('cp', [join(farm.dir, 'client'), key]);
    await run('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'correct horse', '-f', key]);
    process.env['NODETIDE_TEST_PASSPHRASE'] = 'correct horse';
    const auth = (env: string) => ({ auth: { kind: 'key', file: key, passphrase: { env } } }) as const;
    expect((await hostOf(hosts, farm, one, auth('NODETIDE_TEST_PASSPHRASE')).facts(never())).hostname).toBe('one');
    process.env['NODETIDE_TEST_PASSPHRASE_2'] = 'battery staple';
    const wrong = await hostOf(hosts, farm, one, auth('NODETIDE_TEST_PASSPHRASE_2')).facts(never()).catch(failureOf);
    expect(wrong).toMatchObject({ code: 'ssh-settings', message: expect.stringContaining('wrong passphrase') });
    expect(JSON.stringify(wrong)).not.toContain('battery');
    const missing = await hostOf(hosts, farm, one, auth('NODETIDE_TEST_NOWHERE')).facts(never()).catch(failureOf);
    expect(missing).toMatchObject({ code: 'ssh-settings', message: expect.stringContaining('NODETIDE_TEST_NOWHERE') });
  });

  it('goes through a chain of jump hosts, each with its own key check', async () => {
    const jump = [
      { address: '127.0.0.1', port: two.port, profile: 'hop' },
      { address: '127.0.0.1', port: one.port, profile: 'hop' },
    ];
    const node = { name: 'two', cluster: 'farm', host: { address: '127.0.0.1', port: two.port, profile: 'far' } };
    const profiles = { hop: farm.profile, far: { ...farm.profile, jump } };
    const far = hosts.connect(node as never, profiles);
    const said = await far.run(
      { text: 'echo "$SSH_CONNECTION"; cat "$NODETIDE_ROOT/etc/os-release"', args: [] },
      never(),
    );
    expect(said.exitCode).toBe(0);
    const closed = { ...node, name: 'x', host: { ...node.host, port: 1 } };
    expect(await codeOf(hosts.connect(closed as never, profiles).facts(never()))).toBe('host-refused-connection');
    const distrust = { ...profiles, hop: { ...farm.profile, knownHostsFile: join(farm.dir, 'none') } };
    expect(await codeOf(hosts.connect({ ...node, name: 'y' } as never, distrust).facts(never()))).toBe(
      'host-key-unknown',
    );
  });
});
