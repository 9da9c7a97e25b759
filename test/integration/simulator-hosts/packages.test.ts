import { afterEach, expect, it } from 'vitest';
import { quoteAll } from '../../../shared/hosts/quote.ts';
import { APT } from '../../../shared/packages/apt.ts';
import type { Script } from '../../../shared/ports/host.ts';
import { upgradePolicy } from '../../helpers/plan.ts';
import { type SimulatedHost, simulatedHost } from '../../helpers/simulated-host.ts';

let host: SimulatedHost | null = null;
const start = async (...args: Parameters<typeof simulatedHost>) => {
  host = await simulatedHost(...args);
  return host;
};
afterEach(() => {
  host?.close();
  host = null;
});

const OPENSSL = { name: 'openssl', from: '3.0.14', to: '3.0.15' };

it('lists what is newer, and upgrades it once', async () => {
  const { ssh, world, acts } = await start({ newKernel: null, upgrades: [OPENSSL] });
  expect((await ssh('apt list --upgradable 2>/dev/null')).stdout).toBe(
    'Listing...\nopenssl/stable 3.0.15 amd64 [upgradable from: 3.0.14]\n',
  );
  expect((await ssh('sudo -n apt-get -s dist-upgrade | grep ^Inst')).stdout).toBe(
    'Inst openssl [3.0.14] (3.0.15 Debian:12.8/stable [amd64])\n',
  );
  expect((await ssh('sudo -n apt-get -qq update && sudo -n apt-get -y dist-upgrade')).code).toBe(0);
  expect((await ssh("dpkg-query -W -f='${Package} ${Version}\\n' openssl")).stdout).toBe('openssl 3.0.15\n');
  expect((await ssh('sudo -n apt-get -y dist-upgrade; ls /run/reboot-required')).stdout).toContain('0 upgraded');
  expect(acts()).toEqual(['upgrade', 'upgraded']);
  const changes = [{ name: 'openssl', before: '3.0.14', after: '3.0.15' }];
  expect(world.entries.map(entry => entry.detail)).toEqual([{ packages: 1 }, { packages: 1, exitCode: 0, changes }]);
});

it('upgrades nothing without -y or without root', async () => {
  const { ssh, acts } = await start();
  expect(await ssh('sudo -n apt-get dist-upgrade')).toMatchObject({ code: 1 });
  expect(await ssh('apt-get -y dist-upgrade')).toMatchObject({
    code: 100,
    stderr: expect.stringContaining('are you root?') as string,
  });
  expect(acts()).toEqual([]);
});

it('fails half-way as often as told, and finishes the rest later', async () => {
  const { ssh, world } = await start({ upgrades: [OPENSSL] }, { upgradeFails: { times: 1, exitCode: 100 } });
  const failed = await ssh('sudo -n apt-get -y dist-upgrade');
  expect(failed).toMatchObject({
    code: 100,
    stderr: expect.stringContaining('E: Sub-process /usr/bin/dpkg') as string,
  });
  expect((await ssh('sudo -n apt-get -y dist-upgrade')).code).toBe(0);
  expect(world.entries.map(({ act, detail }) => [act, detail['packages'], detail['exitCode']])).toEqual([
    ['upgrade', 3, undefined],
    ['upgraded', 1, 100],
    ['upgrade', 2, undefined],
    ['upgraded', 2, 0],
  ]);
});

it('says who holds the package lock, and waits for it when asked', async () => {
  const { ssh, host: machine, acts } = await start({ aptLockedMs: 3_600_000 });
  const refused = await ssh('sudo -n apt-get -y dist-upgrade');
  expect(refused).toMatchObject({ code: 100 });
  expect(refused.stderr).toMatch(/held by process \d+ \(unattended-upgr\)/);
  expect(await ssh('sudo -n apt-get -qq check')).toEqual(refused);
  const waited = ssh('sudo -n apt-get -y -o DPkg::Lock::Timeout=-1 dist-upgrade');
  const holder = machine.processes.list().find(process => process.command === 'unattended-upgr');
  expect((await ssh('cat /proc/locks')).stdout).toContain(` ${holder?.pid} `);
  holder?.kill();
  expect((await waited).code).toBe(0);
  expect(await ssh('sudo -n apt-get -qq check')).toMatchObject({ code: 0, stdout: '', stderr: '' });
  expect(acts()).toEqual(['upgrade', 'upgraded']);
});

it('goes on with a detached upgrade when the connection is cut', async () => {
  const running = await start({ timings: { upgradeMs: 300, refreshMs: 5, shutdownMs: 5, bootMs: 20 } });
  const text = 'apt-get -y dist-upgrade >/var/log/up.log 2>&1; echo $? >/var/log/up.exit';
  expect((await running.ssh(`sudo -n systemd-run --collect --unit up.service sh -c '${text}'`)).code).toBe(0);
  running.cutConnections();
  await running.world.waitFor(entry => entry.act === 'upgraded');
  // The script goes on after the upgrade itself.
  const look = 'until [ -s /var/log/up.exit ]; do sleep 0.02; done; cat /var/log/up.exit; tail -n 1 /var/log/up.log';
  const ended = (await running.ssh(look)).stdout;
  expect(ended).toMatch(/^0\nSetting up linux-image-amd64 /);
});

it('leaves what a policy protects, tells of it, and takes only what is named', async () => {
  const tool = { name: 'tool', from: '1.0', to: '1.1' };
  const { ssh } = await start({ newKernel: null, upgrades: [OPENSSL, tool, { ...tool, name: 'other' }] });
  const run = (script: Script | null) =>
    ssh(`sudo -n sh -c ${quoteAll([script?.text ?? '', 'sh', ...(script?.args ?? [])])}`);
  const policy = upgradePolicy({ mode: 'packages', packages: ['tool', 'open*'], protect: ['openss?'] });
  const { stdout } = await run(APT.pendingScript(policy));
  expect(APT.parsePending(stdout)).toEqual({
    changes: [{ name: 'tool', before: '1.0', after: '1.1' }],
    left: [{ name: 'openssl', before: '3.0.14', available: '3.0.15', reason: 'protected' }],
    problems: [],
  });
  expect((await run(APT.upgradeScript(policy))).code).toBe(0);
  const versions = await ssh("dpkg-query -W -f='${Package} ${Version}\\n' openssl tool other");
  expect(versions.stdout).toBe('openssl 3.0.14\nother 1.0\ntool 1.1\n');
});

it('keeps to the versions that earlier stages proved', async () => {
  const tool = { name: 'tool', from: '1.0', to: '1.1' };
  const { ssh } = await start({ newKernel: null, upgrades: [OPENSSL, tool] });
  const run = (script: Script | null) =>
    ssh(`sudo -n sh -c ${quoteAll([script?.text ?? '', 'sh', ...(script?.args ?? [])])}`);
  const limit = { kind: 'pin', versions: ['openssl 3.0.15', 'tool 1.0.1'] } as const;
  const policy = upgradePolicy();
  expect(APT.parsePending((await run(APT.pendingScript(policy, limit))).stdout)).toEqual({
    changes: [{ name: 'openssl', before: '3.0.14', after: '3.0.15' }],
    left: [{ name: 'tool', before: '1.0', available: '1.1', reason: 'not-proven' }],
    problems: [],
  });
  const blocked = await run(APT.upgradeScript(policy, { ...limit, kind: 'block' }));
  expect(APT.explain(blocked.code ?? -1, blocked.stdout)).toMatchObject({
    code: 'packages-not-proven',
    message: 'no earlier stage proved tool 1.1',
  });
  expect((await run(APT.upgradeScript(policy, limit))).code).toBe(0);
  const versions = await ssh("dpkg-query -W -f='${Package} ${Version}\\n' openssl tool");
  expect(versions.stdout).toBe('openssl 3.0.15\ntool 1.0\n');
});
