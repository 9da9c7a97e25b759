import { afterEach, expect, it } from 'vitest';
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

const act = (running: SimulatedHost, name: string) =>
  running.world.waitFor(entry => entry.act === name, AbortSignal.timeout(20_000));

it('reboots into the newest kernel under a new boot id, with /run empty and the disk kept', async () => {
  const running = await start({}, { rebootReply: 'returns' });
  const { ssh, host: machine } = running;
  const before = machine.bootId;
  expect((await ssh('sudo -n apt-get -qq dist-upgrade')).code).toBe(0);
  expect((await ssh('echo kept >/home/ops/x; echo lost >/run/x; cat /var/run/reboot-required.pkgs')).stdout).toBe(
    'linux-image-6.1.0-28-amd64\n',
  );
  expect((await ssh('sudo -n systemctl reboot')).code).toBe(0);
  const up = await act(running, 'up');
  expect(up.detail).toEqual({ bootId: machine.bootId, kernel: '6.1.0-28-amd64' });
  expect(machine.bootId).not.toBe(before);
  expect(running.acts()).toEqual(['upgrade', 'upgraded', 'reboot', 'down', 'up']);
  const after = await ssh('uname -r; cat /home/ops/x; ls /run/x /run/reboot-required 2>/dev/null; echo .');
  expect(after).toMatchObject({ code: 0, stdout: '6.1.0-28-amd64\nkept\n.\n' });
});

it('drops the connection under the reboot command', async () => {
  const running = await start();
  expect((await running.ssh('sudo -n systemctl reboot')).code).toBe(255);
  await act(running, 'up');
});

it('refuses connections while it is off, or lets them hang', async () => {
  const running = await start({}, { neverReturns: true, whileDown: 'refuse' });
  void running.ssh('sudo -n reboot');
  await act(running, 'down');
  expect((await running.ssh('true')).stderr).toContain('Connection refused');
  await running.host.powerOn();
  expect((await running.ssh('true')).code).toBe(0);
  await running.setFaults({ whileDown: 'hang' });
  running.host.powerCut();
  expect((await running.ssh('true', '', ['-o', 'ConnectTimeout=1'])).stderr).toContain('timed out');
  expect(running.acts()).toEqual(['reboot', 'down', 'up', 'down']);
});

it('can do nothing at a reboot, or come back with the old kernel', async () => {
  const running = await start({}, { rebootIgnored: true });
  const before = running.host.bootId;
  expect((await running.ssh('sudo -n systemctl reboot')).code).toBe(0);
  expect({ acts: running.acts(), bootId: running.host.bootId }).toEqual({ acts: [], bootId: before });
  await running.setFaults({ rebootIgnored: false, keepsOldKernel: true });
  await running.ssh('sudo -n apt-get -y dist-upgrade');
  void running.ssh('sudo -n systemctl reboot');
  expect((await act(running, 'up')).detail['kernel']).toBe('6.1.0-27-amd64');
});

it('needs root to reboot', async () => {
  const running = await start();
  expect((await running.ssh('systemctl reboot')).code).toBe(1);
  expect(running.acts()).toEqual([]);
});

it('tells its cluster when it goes and comes, also when the kubelet does not come back', async () => {
  const running = await start({}, { kubeletStaysDown: true });
  const seen: boolean[] = [];
  let back = () => {};
  const returned = new Promise<void>(resolve => {
    back = resolve;
  });
  running.host.machine.onChange(machine => {
    seen.push(machine.up);
    if (machine.up) back();
  });
  void running.ssh('sudo -n systemctl reboot');
  await act(running, 'up');
  expect(seen).not.toContain(true);
  await running.setFaults({ kubeletStaysDown: false });
  await returned;
  expect(running.host.machine.up).toBe(true);
});

it('takes what runs detached along when it goes off', async () => {
  const running = await start({ timings: { upgradeMs: 60_000, refreshMs: 5, shutdownMs: 1, bootMs: 20 } });
  const unit = 'sudo -n systemd-run --quiet --unit=up sh -c "apt-get -y dist-upgrade; echo end >/home/ops/end"';
  expect((await running.ssh(unit)).code).toBe(0);
  await act(running, 'upgrade');
  expect((await running.ssh('systemctl is-active up; fuser /var/lib/dpkg/lock-frontend 2>/dev/null')).stdout).toMatch(
    /^active\n \d+$/,
  );
  running.host.powerCut();
  await running.host.powerOn();
  expect((await running.ssh('ls /home/ops/end')).code).toBe(2);
  expect(running.acts()).toEqual(['upgrade', 'down', 'up']);
  const again = await running.ssh('sudo -n apt-get -y dist-upgrade');
  expect(again).toMatchObject({ code: 100, stderr: expect.stringContaining('dpkg --configure -a') as string });
  expect((await running.ssh('ls /var/lib/dpkg/updates && sudo -n dpkg --force-confold --configure -a')).code).toBe(0);
});
