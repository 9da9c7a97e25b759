import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { SshProfile } from '../../../shared/domain/plan.ts';
import { openConnection } from '../../../shared/hosts/ssh/connection.ts';

let dir: string;
let server: ssh2.Server;
let profile: SshProfile;
let forwards: number;

/** A server that lets everybody in, and never answers a request to connect onwards: as one that asks a dead host. */
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'nodetide-jump-'));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs1', format: 'pem' }) as string;
  writeFileSync(join(dir, 'key'), key);
  forwards = 0;
  server = new ssh2.Server({ hostKeys: [key] }, client => {
    client.on('authentication', asked => asked.accept());
    client.on('tcpip', () => {
      forwards += 1;
    });
    client.on('error', () => {});
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  profile = {
    user: 'root',
    auth: { kind: 'key', file: join(dir, 'key') },
    knownHostsFile: join(dir, 'known_hosts'),
    hostKeys: 'accept-new',
    connectTimeoutMs: 20_000,
    keepaliveIntervalMs: 1_000,
    keepaliveCountMax: 3,
    jump: [],
    become: 'none',
  } as unknown as SshProfile;
});
afterEach(async () => {
  await new Promise<void>(resolve => server.close(() => resolve()));
  rmSync(dir, { recursive: true });
});

const jumpHost = () => ({ address: '127.0.0.1', port: (server.address() as AddressInfo).port, profile });

it('a host that does not answer behind a jump host fails by the connect timeout', async () => {
  const route = [jumpHost(), { address: '192.0.2.1', port: 22, profile: { ...profile, connectTimeoutMs: 500 } }];
  const failure = await openConnection(route).then(() => expect.fail('no failure'), failureOf);
  expect(failure).toMatchObject({ code: 'host-timeout', retryable: true });
  expect(failure.message).toContain('192.0.2.1:22');
  await expect.poll(() => forwards).toBe(1);
});

it('a key accepted for the first time gets a line of its own, also after a last line without an end', async () => {
  const known = 'other.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
  writeFileSync(join(dir, 'known_hosts'), known);
  const connection = await openConnection([jumpHost()]);
  connection.close();
  await connection.closed;
  const lines = readFileSync(join(dir, 'known_hosts'), 'utf8').split('\n');
  expect(lines[0]).toBe(known);
  expect(lines[1]).toMatch(/^\[127\.0\.0\.1\]:\d+ ssh-rsa /);
});
