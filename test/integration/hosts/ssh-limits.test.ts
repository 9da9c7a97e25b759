import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type ssh2 from 'ssh2';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { SshProfile } from '../../../shared/domain/plan.ts';
import { openConnection } from '../../../shared/hosts/ssh/connection.ts';
import { type SshHosts, sshHosts } from '../../../shared/hosts/ssh/connector.ts';
import { Line } from '../../../shared/hosts/ssh/line.ts';
import type { Host } from '../../../shared/ports/host.ts';
import { nodeOf } from '../../helpers/host-over-ssh.ts';
import { type Cable, cableTo, ssh2Server } from '../../helpers/raw-servers.ts';
import { type SshAccounts, startAccounts, whyNoAccounts } from '../../helpers/ssh-accounts.ts';

const leftOut = whyNoAccounts();
let farm: SshAccounts;
let cable: Cable;

beforeEach(context => context.skip(leftOut !== undefined, leftOut));
beforeAll(async () => {
  if (leftOut !== undefined) return;
  farm = await startAccounts([{ name: 'nt-one' }], [[], ['MaxSessions 3']]);
  cable = await cableTo(farm.ports[0] ?? 0);
  await appendFile(join(farm.dir, 'known_hosts'), `[127.0.0.1]:${cable.port} ${farm.hostKey}\n`);
});
afterAll(async () => {
  await cable?.stop();
  await farm?.stop();
});

const never = () => new AbortController().signal;
const run = async (host: Host, text: string, signal = never()) =>
  (await host.run({ text, args: [] }, signal)).stdout.trim();

function hostOn(hosts: SshHosts, port: number | undefined, changes: Partial<SshProfile> = {}, name = 'n'): Host {
  const node = nodeOf({ name, cluster: 'c', sequence: 1, port: port ?? 0 });
  return hosts.connect(node, { farm: { ...farm.profile('nt-one'), ...changes } });
}

it.each([
  ['ten sessions, as most servers allow', 0, 40],
  ['three sessions', 1, 12],
])('more commands at once than %s: one connection serves them all', async (_what, server, count) => {
  const hosts = sshHosts();
  const host = hostOn(hosts, farm.ports[server]);
  const said = await Promise.all(
    Array.from({ length: count }, (_, index) => run(host, `echo ${index} "$SSH_CONNECTION"`)),
  );
  expect(said.map(line => line.split(' ')[0])).toEqual(Array.from({ length: count }, (_, index) => String(index)));
  expect(new Set(said.map(line => line.split(' ')[2])).size).toBe(1);
  await hosts.close();
});

it('a command that is let go leaves the connection to the others; hung ones do not use it up', async () => {
  const hosts = sshHosts();
  const host = hostOn(hosts, farm.ports[0]);
  const first = await run(host, 'echo "$SSH_CONNECTION"');
  const other = run(host, 'sleep 1; echo "$SSH_CONNECTION"');
  const stop = new AbortController();
  const hung = run(host, 'sleep 60', stop.signal);
  stop.abort(new Error('enough'));
  await expect(hung).rejects.toThrow('enough');
  expect(await run(host, 'echo "$SSH_CONNECTION"')).toBe(first);
  for (let number = 0; number < 12; number += 1) {
    const again = new AbortController();
    const begun = run(host, 'sleep 60', again.signal);
    setTimeout(() => again.abort(new Error('enough')), 20);
    await expect(begun).rejects.toThrow('enough');
  }
  expect(await other).toBe(first);
  expect(await run(host, 'echo fine')).toBe('fine');
  await hosts.close();
});

it('a connection through which nothing comes any more is found by its keepalive', async () => {
  const hosts = sshHosts();
  const host = hostOn(hosts, cable.port, { keepaliveIntervalMs: 100, keepaliveCountMax: 20 });
  const running = run(host, 'sleep 60');
  await run(host, 'true');
  cable.freeze();
  const failure = await running.then(() => expect.fail('no failure'), failureOf);
  expect(failure).toMatchObject({ code: 'host-connection-lost', retryable: true });
  await hosts.close();
});

it('a connection to a host that has fallen silent is closed all the same', async () => {
  const own = await cableTo(farm.ports[0] ?? 0);
  await appendFile(join(farm.dir, 'known_hosts'), `[127.0.0.1]:${own.port} ${farm.hostKey}\n`);
  const hosts = sshHosts();
  await run(hostOn(hosts, own.port), 'true');
  own.freeze();
  await hosts.close();
  await own.stop();
});

/** A server that answers every command with the runner's first line, and knows how many were connected at once. */
async function countingServer() {
  const open = new Set<ssh2.Connection>();
  let most = 0;
  const server = await ssh2Server(client => {
    open.add(client);
    most = Math.max(most, open.size);
    client.on('close', () => open.delete(client));
    client.on('session', accept => {
      accept().on('exec', acceptExec => {
        const channel = acceptExec();
        channel.resume().write('nodetide-runner 1\nfine\n', () => {
          channel.exit(0);
          channel.end();
        });
      });
    });
  });
  await appendFile(join(farm.dir, 'known_hosts'), `[127.0.0.1]:${server.port} ${server.hostKey}\n`);
  return { ...server, most: () => most, open: () => open.size };
}

it('not more connections than allowed are open, over all hosts: unused ones make room, in order', async () => {
  const server = await countingServer();
  const hosts = sshHosts({ open: 3 });
  const all = Array.from({ length: 12 }, (_, index) => hostOn(hosts, server.port, {}, `n${index}`));
  expect(await Promise.all(all.map(host => run(host, 'x')))).toEqual(all.map(() => 'fine'));
  expect(server.most()).toBe(3);
  expect(server.seen()).toBe(12);
  // The last three are there still: the ones before were longer without use.
  for (const host of all.slice(-3)) await run(host, 'x');
  expect(server.seen()).toBe(12);
  await hosts.close();
  await server.stop();
});

it('who gives up waiting for a connection takes no place', async () => {
  const server = await countingServer();
  const hosts = sshHosts({ open: 1 });
  const busy = hostOn(hosts, farm.ports[0], {}, 'busy');
  const running = run(busy, 'sleep 1');
  const stop = new AbortController();
  const waiting = run(hostOn(hosts, server.port, {}, 'gives-up'), 'x', stop.signal);
  const patient = run(hostOn(hosts, server.port, {}, 'patient'), 'x');
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await running;
  expect(await patient).toBe('fine');
  expect(server.seen()).toBe(1);
  await hosts.close();
  await server.stop();
});

it('who comes at the moment at which the last one gives up has a connection all the same', async () => {
  const server = await countingServer();
  const hosts = sshHosts({ open: 1 });
  const running = run(hostOn(hosts, farm.ports[0], {}, 'busy'), 'sleep 1');
  const next: Promise<string>[] = [];
  for (let later = 0; later < 16; later += 1) {
    const host = hostOn(hosts, server.port, {}, `n${later}`);
    const stop = new AbortController();
    const waiting = run(host, 'x', stop.signal);
    waiting.catch(() => {});
    // It stands in the queue for a place then.
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    stop.abort(new Error('enough'));
    for (let turn = 0; turn < later; turn += 1) await Promise.resolve();
    next.push(run(host, 'x'));
  }
  expect(await Promise.all(next)).toEqual(next.map(() => 'fine'));
  await running;
  await hosts.close();
  await server.stop();
});

it('a thousand commands on one connection leave nothing behind', async () => {
  const server = await countingServer();
  const route = [{ address: '127.0.0.1', port: server.port, profile: farm.profile('nt-one') }];
  const connection = await openConnection(route);
  const line = new Line(connection, 'here', 10_000);
  const signal = never();
  const left = () => ({
    listeners: connection.client.eventNames().map(name => [name, connection.client.listenerCount(name)]),
    timers: process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length,
  });
  await line.run('x', '', signal);
  const before = left();
  for (let round = 0; round < 100; round += 1)
    await Promise.all(Array.from({ length: 10 }, () => line.run('x', 'some script', signal)));
  const after = left();
  expect(after.listeners).toEqual(before.listeners);
  expect(after.timers).toBeLessThanOrEqual(before.timers + 1);
  await line.close();
  await server.stop();
});
