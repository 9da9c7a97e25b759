import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { PlanNode, SshProfile } from '../../../shared/domain/plan.ts';
import { type SshHosts, sshHosts } from '../../../shared/hosts/ssh/connector.ts';
import { APT } from '../../../shared/packages/apt.ts';
import type { DetachedTask, Fence, Host } from '../../../shared/ports/host.ts';
import { upgradePolicy } from '../../helpers/plan.ts';
import { type SimulatedHost, simulatedHost } from '../../helpers/simulated-host.ts';

let host: SimulatedHost | null = null;
let hosts: SshHosts | null = null;
afterEach(async () => {
  await hosts?.close();
  host?.close();
  host = null;
  hosts = null;
});

/** A simulated host, and the program's own way to hosts. */
async function start(...args: Parameters<typeof simulatedHost>): Promise<{ sim: SimulatedHost; ours: Host }> {
  const sim = await simulatedHost(...args);
  host = sim;
  hosts = sshHosts();
  const profile: SshProfile = {
    user: 'ops',
    auth: { kind: 'key', file: join(sim.folder, 'id') },
    knownHostsFile: join(sim.folder, 'known_hosts'),
    hostKeys: 'strict',
    jump: [],
    become: 'sudo',
    connectTimeoutMs: 5000,
    keepaliveIntervalMs: 1000,
    keepaliveCountMax: 3,
  };
  const node: PlanNode = {
    name: 'dev-1',
    cluster: 'dev',
    sequence: 1,
    roles: [],
    controlPlane: false,
    kubernetes: null,
    host: { address: '127.0.0.1', port: sim.port, profile: 'p' },
    policy: 'p',
    steps: [],
  };
  return { sim, ours: hosts.connect(node, { p: profile }) };
}

const FENCE: Fence = { installation: 'home', rollout: 'r-1', node: 'dev-1', round: 1, epoch: 1 };
const signal = () => AbortSignal.timeout(30_000);
const upgrade = (id: string): DetachedTask => ({
  id,
  fence: FENCE,
  script: { text: 'apt-get -y -o DPkg::Lock::Timeout=60 "$1"', args: ['dist-upgrade'] },
});

it('gives its facts', async () => {
  const { sim, ours } = await start({ failedUnits: ['backup.service'], clockSkewMs: 3_600_000 });
  const facts = await ours.facts(signal());
  expect(facts).toMatchObject({
    bootId: sim.host.bootId,
    kernel: '6.1.0-27-amd64',
    os: { id: 'debian', versionId: '12', prettyName: 'Debian GNU/Linux 12 (bookworm)' },
    hostname: 'dev-1',
    failedUnits: ['backup.service'],
    packageTransaction: null,
  });
  expect(Math.abs(facts.nowMs - Date.now() - 3_600_000)).toBeLessThan(60_000);
});

it('sees the package transaction of somebody else', async () => {
  const { ours } = await start({ aptLockedMs: 3_600_000 });
  expect((await ours.facts(signal())).packageTransaction).toMatch(/^unattended-upgr \(process \d+\) holds /);
});

it('upgrades detached over a lost connection, once', async () => {
  const { sim, ours } = await start({ timings: { upgradeMs: 400, refreshMs: 1, shutdownMs: 1, bootMs: 20 } });
  let log = '';
  const attempt = () =>
    ours.runDetached(
      upgrade('up-1'),
      text => {
        log += text;
      },
      signal(),
    );
  const first = attempt().catch(failureOf);
  await sim.world.waitFor(entry => entry.act === 'upgrade', signal());
  sim.cutConnections();
  let end = await first;
  expect(end).toMatchObject({ code: 'host-connection-lost', retryable: true });
  // As the engine does: further attempts as long as a failure says that they can help.
  while ('retryable' in end && end.retryable) {
    // Lets the adapter hear of the closed socket.
    await setImmediate();
    end = await attempt().catch(failureOf);
  }
  expect(end).toMatchObject({ kind: 'exited', exitCode: 0, attached: true });
  expect(log).toContain('Setting up linux-image-6.1.0-28-amd64');
  expect(sim.acts()).toEqual(['upgrade', 'upgraded']);
});

it('says when a reboot cut a task off', async () => {
  const { sim, ours } = await start({ timings: { upgradeMs: 60_000, refreshMs: 1, shutdownMs: 1, bootMs: 20 } });
  const cut = ours.runDetached(upgrade('up-1'), () => {}, signal()).catch(() => {});
  await sim.world.waitFor(entry => entry.act === 'upgrade', signal());
  sim.host.powerCut();
  await cut;
  await sim.host.powerOn();
  const end = await ours.runDetached(upgrade('up-1'), () => {}, signal());
  expect(end.kind).toBe('cut-by-reboot');
});

it('lets apt end what a power cut left half done', async () => {
  const { sim, ours } = await start({ timings: { upgradeMs: 600, refreshMs: 1, shutdownMs: 1, bootMs: 20 } });
  const script = APT.upgradeScript(upgradePolicy({ lockWaitMs: 10_000 }));
  const cut = ours.runDetached({ id: 'up-1', fence: FENCE, script }, () => {}, signal()).catch(() => {});
  await sim.world.waitFor(entry => entry.act === 'upgrade', signal());
  sim.host.powerCut();
  await cut;
  await sim.host.powerOn();
  let log = '';
  const again = { id: 'up-2', fence: { ...FENCE, epoch: 2 }, script };
  const end = await ours.runDetached(again, text => (log += text), signal());
  expect(end).toMatchObject({ kind: 'exited', exitCode: 0 });
  expect(log).toContain('dpkg was interrupted before');
  expect(sim.host.kernels).toEqual(['6.1.0-27-amd64', '6.1.0-28-amd64']);
  expect(sim.acts()).toEqual(['upgrade', 'down', 'up', 'upgrade', 'upgraded']);
});

it('says why the package lists could not be had', async () => {
  const { ours } = await start({}, { refreshFails: 1 });
  const script = APT.upgradeScript(upgradePolicy({ lockWaitMs: 10_000 }));
  let log = '';
  const end = await ours.runDetached({ id: 'up-1', fence: FENCE, script }, text => (log += text), signal());
  expect(end).toMatchObject({ kind: 'exited', exitCode: 100 });
  expect(log).toContain('Temporary failure resolving');
});

it('reboots by an order that the host checks itself', async () => {
  const { sim, ours } = await start();
  const before = sim.host.bootId;
  await ours.own(FENCE, signal());
  const order = { fence: FENCE, expectBootId: before, notAfterMs: Date.now() + 60_000, command: '' };
  await expect(ours.reboot({ ...order, expectBootId: 'another' }, signal())).rejects.toMatchObject({
    failure: { code: 'host-boot-id-changed' },
  });
  await ours.reboot(order, signal());
  await sim.world.waitFor(entry => entry.act === 'up', signal());
  expect((await ours.facts(signal())).bootId).toBe(sim.host.bootId);
  expect(sim.host.bootId).not.toBe(before);
  expect(sim.acts()).toEqual(['reboot', 'down', 'up']);
});

it.each([
  ['connect refused', { connect: 'refuse' }, 'host-refused-connection'],
  ['sudo asks', { sudoAsks: true }, 'sudo-asks-password'],
] as const)('has the failure of %s', async (_what, faults, code) => {
  const { ours } = await start({}, faults);
  await expect(ours.facts(signal())).rejects.toMatchObject({ failure: { code } });
});

it('has the failure of a full disk', async () => {
  const { ours } = await start({}, { diskFull: true });
  await expect(ours.own(FENCE, signal())).rejects.toMatchObject({ failure: { code: 'host-disk-full' } });
});
