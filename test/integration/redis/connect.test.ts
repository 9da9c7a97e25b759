import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Queue, Worker } from 'bullmq';
import { expect, onTestFinished, test } from 'vitest';
import { connectRedis } from '../../../shared/redis/client/connect.ts';
import { freePort } from '../../helpers/ports.ts';
import { privateRedis } from '../../helpers/redis.ts';
import { rawSentinel, rawServer, testFolder } from '../../helpers/redis-raw.ts';

const openssl = (args: string[]) => promisify(execFile)('openssl', args);

async function answers(url: string, withinMs = 10_000): Promise<string> {
  const redis = await connectRedis(url, { role: 'producer', withinMs });
  const answer = await redis.ping();
  redis.disconnect();
  return answer;
}

test('a password is asked for, and a wrong one refused without showing it', async () => {
  const port = await freePort();
  await rawServer([`port ${port}`, 'bind 127.0.0.1', 'save ""', 'requirepass "s3cret word"']);
  expect(await answers(`redis://:s3cret%20word@127.0.0.1:${port}`)).toBe('PONG');
  for (const url of [`redis://127.0.0.1:${port}`, `redis://:wr0ng@127.0.0.1:${port}`]) {
    // The time-out is far beyond the test's own: a refusal is told at once.
    const failing = answers(url, 3_600_000);
    await expect(failing).rejects.toMatchObject({
      failure: { code: 'redis-unreachable', seen: expect.stringMatching(/NOAUTH|WRONGPASS/) },
    });
    await expect(failing).rejects.not.toThrow(/wr0ng/);
  }
});

test('TLS: the right authority and client certificate pass, none and a foreign one do not', async () => {
  const dir = await testFolder();
  const file = (name: string) => join(dir, name);
  for (const name of ['server', 'other']) {
    await openssl([
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', '/CN=redis.test', '-addext', 'subjectAltName=DNS:redis.test'],
      ...['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)],
    ]);
  }
  const port = await freePort();
  await rawServer([
    ...['port 0', 'bind 127.0.0.1', `tls-port ${port}`, 'save ""', 'tls-auth-clients yes'],
    ...[`tls-cert-file ${file('server.pem')}`, `tls-key-file ${file('server.key')}`],
    `tls-ca-cert-file ${file('server.pem')}`,
  ]);
  const base = `rediss://127.0.0.1:${port}?servername=redis.test`;
  const client = `&cert=${file('server.pem')}&key=${file('server.key')}`;
  expect(await answers(`${base}&ca=${file('server.pem')}${client}`)).toBe('PONG');
  const refused = async (url: string, why: RegExp) =>
    expect(answers(url, 1_000)).rejects.toMatchObject({
      failure: { code: 'redis-unreachable', seen: expect.stringMatching(why) },
    });
  await refused(`${base}${client}`, /self.signed/);
  await refused(`${base}&ca=${file('other.pem')}${client}`, /self.signed|certificate/);
  await refused(`rediss://127.0.0.1:${port}?ca=${file('server.pem')}${client}`, /altnames|IP/);
  await refused(`${base}&ca=${file('server.pem')}`, /certificate|closed|ECONNRESET|EPIPE|no answer/);
});

test('a plain path and a database number reach a unix socket', async () => {
  const server = await privateRedis();
  const path = server.url.slice('unix://'.length);
  const redis = await connectRedis(`${path}?db=3`, { role: 'worker', name: 'look' });
  expect(await redis.client('INFO')).toMatch(/name=look-worker .*db=3/);
  redis.disconnect();
});

test('while Redis is away a producer is told, a worker waits', async () => {
  const server = await privateRedis({ restartDelayMs: () => 8_000 });
  const producer = await server.connect('producer');
  const worker = await server.connect('worker');
  const ended = server.next('ended');
  const restarted = server.next('restarted');
  server.signal('SIGKILL');
  await ended;
  const waiting = worker.incr('x');
  await expect(producer.incr('y')).rejects.toThrow();
  expect(server.server.pid()).toBeNull();
  await restarted;
  expect(await waiting).toBe(1);
});

test('BullMQ works through both kinds of connection, over a kill', async () => {
  const server = await privateRedis();
  const queue = new Queue('q', { connection: await server.connect('producer'), prefix: 'p' });
  const worker = new Worker('q', job => Promise.resolve(`${job.name} done`), {
    connection: await server.connect('worker'),
    prefix: 'p',
  });
  onTestFinished(async () => {
    await worker.close();
    await queue.close();
  });
  queue.on('error', () => {});
  worker.on('error', () => {});
  const done = () =>
    new Promise(resolve => {
      worker.once('completed', (_, result) => resolve(result));
    });
  const first = done();
  await queue.add('one', {});
  expect(await first).toBe('one done');
  await server.kill();
  const second = done();
  await expect.poll(() => queue.add('two', {}).then(() => 'added', String)).toBe('added');
  expect(await second).toBe('two done');
});

test('a worker of BullMQ closes also while Redis is away', async () => {
  const server = await privateRedis({ restartDelayMs: () => 600_000 });
  const connection = await server.connect('worker');
  const worker = new Worker('q', () => Promise.resolve(), { connection, prefix: 'p' });
  worker.on('error', () => {});
  await worker.waitUntilReady();
  // It waits in a call for a job.
  await expect.poll(() => connection.info('clients')).toContain('blocked_clients:1');
  server.signal('SIGKILL');
  await once(worker, 'error');
  await expect.poll(() => connection.status).toBe('reconnecting');
  await worker.close();
  connection.disconnect();
  await expect.poll(() => connection.status).toBe('end');
});

test('nobody there: says where, why, and no secret', async () => {
  const port = await freePort();
  const failing = connectRedis(`redis://:hidden@127.0.0.1:${port}`, { role: 'worker', withinMs: 300 });
  await expect(failing).rejects.toMatchObject({
    failure: {
      code: 'redis-unreachable',
      message: expect.stringContaining(`redis://:***@127.0.0.1:${port}`),
      seen: expect.stringContaining('ECONNREFUSED'),
    },
  });
});

test('Sentinel leads to the master, and after a failover to the new one', async () => {
  const [one, two, watch] = [await freePort(), await freePort(), await freePort()];
  const common = ['bind 127.0.0.1', 'save ""', 'repl-diskless-sync-delay 0'];
  for (const [port, extra] of [
    [one, []],
    [two, [`replicaof 127.0.0.1 ${one}`]],
  ] as const) {
    await rawServer([...common, `dir ${await testFolder()}`, `port ${port}`, ...extra]);
  }
  await rawSentinel([`port ${watch}`, 'bind 127.0.0.1', `sentinel monitor group 127.0.0.1 ${one} 1`]);
  const sentinel = await connectRedis(`redis://127.0.0.1:${watch}`, { role: 'worker' });
  const redis = await connectRedis(`redis+sentinel://127.0.0.1:${watch}/group`, { role: 'worker' });
  onTestFinished(() => {
    sentinel.disconnect();
    redis.disconnect();
  });
  const portOf = () => redis.config('GET', 'port');
  expect(await portOf()).toEqual(['port', String(one)]);
  await redis.set('before', 'yes');
  expect(await redis.wait(1, 20_000)).toBe(1);
  await expect.poll(() => sentinel.call('SENTINEL', 'FAILOVER', 'group').catch(String), { timeout: 60_000 }).toBe('OK');
  await expect.poll(portOf, { timeout: 60_000 }).toEqual(['port', String(two)]);
  expect(await redis.get('before')).toBe('yes');
  expect(await redis.set('after', 'yes')).toBe('OK');
});
