import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../../../shared/domain/failure.ts';
import { LocalExecutor } from '../../../shared/hosts/local/executor.ts';
import { RunnerHost } from '../../../shared/hosts/runner-host.ts';
import { type SshHosts, sshHosts } from '../../../shared/hosts/ssh/connector.ts';
import type { Host } from '../../../shared/ports/host.ts';
import { hostOf } from '../../helpers/host-over-ssh.ts';
import { isAlive } from '../../helpers/processes.ts';
import { type RunningHost, type SshFarm, startSshd } from '../../helpers/sshd.ts';

const never = () => new AbortController().signal;
const fence = (node: string, epoch = 1) => ({ installation: 'here', rollout: 'r1', node, round: 1, epoch });
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no failure',
    error => failureOf(error).code,
  );

let farm: SshFarm;
let pool: SshHosts;
beforeAll(async () => {
  farm = await startSshd({ hosts: [{ name: 'far' }, { name: 'near' }] });
  pool = sshHosts();
});
afterAll(async () => {
  await pool.close();
  await farm.stop();
});

/** A command on the pretended host as its SSH server would run it, without the server. */
function locally(host: RunningHost): Host {
  const dir = join(host.root, '..');
  const env = { HOME: dir, HOST: dir, NODETIDE_ROOT: host.root, PATH: `${dir}/bin:${process.env['PATH']}` };
  return new RunnerHost(host.name, new LocalExecutor('this machine', env, true));
}

/** Process ids of guards of scripts on a host, which its root in their environment tells. */
function guardsOf({ root }: RunningHost): string[] {
  const read = (pid: string, file: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'latin1');
    } catch {
      return '';
    }
  };
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  const guards = pids.filter(pid => read(pid, 'cmdline').includes('while read -r _'));
  return guards.filter(pid => read(pid, 'environ').includes(`NODETIDE_ROOT=${root}`));
}

const ADAPTERS: readonly (readonly [string, string, (host: RunningHost) => Host])[] = [
  ['over OpenSSH', 'far', host => hostOf(pool, farm, host)],
  ['on this machine', 'near', locally],
];

describe.each(ADAPTERS)('a host %s', (_, name, open) => {
  let running: RunningHost;
  let host: Host;
  beforeAll(() => {
    const found = farm.hosts.find(each => each.name === name);
    if (!found) throw new Error('no such host');
    running = found;
    host = open(running);
  });

  it('tells its facts', async () => {
    const facts = await host.facts(never());
    expect(facts).toMatchObject({ bootId: await running.bootId(), hostname: name, failedUnits: null });
    expect(facts.os).toMatchObject({ id: 'debian', versionId: '12' });
    expect(Math.abs(facts.nowMs - Date.now())).toBeLessThan(60_000);
  });

  it('runs a script to its end: arguments, both streams, exit code, whole characters', async () => {
    const text = 'printf "%s|" "$@"; printf "€%.0s" $(seq 1 30000); echo wrong >&2; exit 91';
    const args = ["it's", '$(id)', '', '-n', 'a\nb'];
    const stdout = `it's|$(id)||-n|a\nb|${'€'.repeat(30_000)}`;
    expect(await host.run({ text, args }, never())).toEqual({ exitCode: 91, stdout, stderr: 'wrong\n' });
  });

  it('gives a script no input', async () => {
    const said = await host.run({ text: 'cat; echo end', args: [] }, never());
    expect(said).toEqual({ exitCode: 0, stdout: 'end\n', stderr: '' });
  });

  it('lets go at once when aborted, before and within', async () => {
    const stop = new AbortController();
    const within = host.run({ text: 'sleep 30', args: [] }, stop.signal);
    stop.abort(new Error('enough'));
    await expect(within).rejects.toThrow('enough');
    await expect(host.facts(stop.signal)).rejects.toThrow('enough');
  });

  it('ends a script, with what it started, when nobody waits for it any more', async () => {
    const file = join(running.root, 'pids');
    const text =
      'sleep 61 & echo "$$ $!" >"$NODETIDE_ROOT/pids.new"; mv "$NODETIDE_ROOT/pids.new" "$NODETIDE_ROOT/pids"; wait';
    const stop = new AbortController();
    const within = host.run({ text, args: [] }, stop.signal);
    await expect.poll(() => existsSync(file), { timeout: 30_000 }).toBe(true);
    stop.abort(new Error('enough'));
    await expect(within).rejects.toThrow('enough');
    const pids = (await readFile(file, 'utf8')).trim().split(' ');
    await expect.poll(() => pids.filter(isAlive), { timeout: 30_000 }).toEqual([]);
  });

  it('leaves no guard behind', async () => {
    await host.run({ text: 'true', args: [] }, never());
    await expect.poll(() => guardsOf(running), { timeout: 30_000 }).toEqual([]);
  });

  it('refuses an answer without end', async () => {
    expect(await codeOf(host.run({ text: 'yes', args: [] }, never()))).toBe('host-script-failed');
  });

  it('is owned by one rollout, and given back by it alone', async () => {
    await host.own(fence(name), never());
    await host.own(fence(name, 2), never());
    expect(await codeOf(host.own({ ...fence(name, 9), rollout: 'r2' }, never()))).toBe('host-not-owned');
    expect(await codeOf(host.own(fence(name, 1), never()))).toBe('host-stale-epoch');
    await host.disown({ ...fence(name, 9), rollout: 'r2' }, never());
    expect(await codeOf(host.own({ ...fence(name, 9), rollout: 'r2' }, never()))).toBe('host-not-owned');
    await host.disown(fence(name, 2), never());
    await host.own({ ...fence(name), rollout: 'r2' }, never());
    await host.disown({ ...fence(name), rollout: 'r2' }, never());
  });

  it('runs a detached task once, which outlives its caller; the next call attaches', async () => {
    const text = 'echo begun; until [ -e "$NODETIDE_ROOT/$1" ]; do sleep 0.05; done; echo över; exit 5';
    const task = { id: `task-${name}`, fence: fence(name, 3), script: { text, args: ['go'] } };
    const stop = new AbortController();
    let log = '';
    const first = host.runDetached(
      task,
      said => {
        log += said;
        stop.abort(new Error('detached'));
      },
      stop.signal,
    );
    await expect(first).rejects.toThrow('detached');
    const other = { ...task, id: `other-${name}` };
    expect(await codeOf(host.runDetached(other, () => {}, never()))).toBe('host-busy');
    await writeFile(join(running.root, 'go'), '');
    const hear = (said: string): void => {
      log += said;
    };
    const result = await host.runDetached(task, hear, never());
    expect(result).toEqual({ kind: 'exited', exitCode: 5, attached: true, logTail: 'begun\növer\n' });
    expect(log).toBe('begun\növer\n');
    // Somebody who was not there from the start gets the whole log.
    let whole = '';
    await open(running).runDetached(
      task,
      said => {
        whole += said;
      },
      never(),
    );
    expect(whole).toBe('begun\növer\n');
  });

  it('reboots by an order that fits, and by no other; a task is cut by it', async () => {
    const bootId = await running.bootId();
    const task = { id: `cut-${name}`, fence: fence(name, 4), script: { text: 'echo begun; sleep 60', args: [] } };
    const order = { fence: fence(name, 4), expectBootId: bootId, notAfterMs: Date.now() + 60_000, command: '' };
    expect(await codeOf(host.reboot({ ...order, expectBootId: 'other' }, never()))).toBe('host-boot-id-changed');
    expect(await codeOf(host.reboot({ ...order, notAfterMs: 1 }, never()))).toBe('host-order-expired');
    const stop = new AbortController();
    await host.runDetached(task, () => stop.abort(), stop.signal).catch(() => {});
    expect(await codeOf(host.reboot(order, never()))).toBe('host-busy');
    await running.rebootByOthers();
    expect(await host.runDetached(task, () => {}, never())).toEqual({
      kind: 'cut-by-reboot',
      bootId: await running.bootId(),
    });
    await host.reboot({ ...order, expectBootId: await running.bootId() }, never());
    const before = await running.bootId();
    await expect.poll(async () => running.bootId(), { timeout: 30_000 }).not.toBe(before);
  });
});

describe('this machine', () => {
  const script = { text: 'true', args: [] };
  const without = (isRoot: boolean): Host =>
    new RunnerHost('near', new LocalExecutor('this machine', { PATH: '/nowhere' }, isRoot));

  it('without sudo, or without a shell, says so', async () => {
    expect(await codeOf(without(false).run(script, never()))).toBe('sudo-refused');
    expect(await codeOf(without(true).run(script, never()))).toBe('host-script-failed');
  });

  it('takes a shell that is killed for a lost connection', async () => {
    const near = farm.hosts.find(each => each.name === 'near');
    const killed = locally(near as RunningHost).run({ text: 'kill -KILL "$PPID"', args: [] }, never());
    expect(await codeOf(killed)).toBe('host-connection-lost');
  });
});
