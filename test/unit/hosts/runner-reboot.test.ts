import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunnerRoot, runnerRoot } from '../../helpers/runner-root.ts';
import { runnerShells } from '../../helpers/runner-shells.ts';

const FAR = '99999999999999';
const reboot = (host: RunnerRoot, epoch: number, boot = 'boot-1', notAfter = FAR) =>
  host.call('reboot', ['here', 'r1', 'a', '1', String(epoch), boot, notAfter], { text: 'systemctl reboot', args: [] });
/** What was given to systemd-run: nothing is really started. */
const orders = (host: RunnerRoot) => (host.has('units') ? host.read('units').trim().split('\n') : []);

describe.each(await runnerShells())('$name', shell => {
  let host: RunnerRoot;
  beforeEach(() => {
    host = runnerRoot(shell);
    host.write('run/systemd/system/.keep', '');
    host.command('systemd-run', 'printf "%s\\n" "$*" >>"$NODETIDE_ROOT/units"');
    host.command('systemctl', 'echo inactive');
  });
  afterEach(() => host.end());

  describe('the reboot order', () => {
    it('is given once for an epoch and a boot id', () => {
      expect(reboot(host, 1).lines).toEqual(['ordered']);
      expect(reboot(host, 1).lines).toEqual(['already']);
      expect(orders(host)).toHaveLength(1);
      expect(host.read('var/lib/nodetide/reboot/script')).toContain('systemctl reboot');
    });

    it('is refused under another boot id', () => {
      expect(reboot(host, 1, 'boot-0')).toMatchObject({
        code: 93,
        lines: ['refused the boot id is boot-1, not boot-0'],
      });
      reboot(host, 1);
      host.write('proc/sys/kernel/random/boot_id', 'boot-2\n');
      expect(reboot(host, 1).code).toBe(93);
      expect(orders(host)).toHaveLength(1);
    });

    it('is refused after its time, by the clock of the host', () => {
      expect(reboot(host, 1, 'boot-1', '1000').code).toBe(94);
      expect(orders(host)).toEqual([]);
    });

    it('is refused to an older epoch, and to another rollout', () => {
      reboot(host, 2);
      expect(reboot(host, 1).code).toBe(92);
      const other = ['here', 'r2', 'a', '1', '9', 'boot-1', FAR];
      expect(host.call('reboot', other, { text: 'true', args: [] }).code).toBe(91);
    });

    it('is refused while a task runs', () => {
      host.command('systemctl', 'echo active');
      host.call('start', ['t1', 'here', 'r1', 'a', '1', '1'], { text: 'true', args: [] });
      expect(reboot(host, 1)).toMatchObject({ code: 95, lines: ['refused task t1 runs on this host'] });
    });

    it.each(['dpkg', 'rpm', 'dnf', 'zypper'])('is refused while %s runs', name => {
      host.write('proc/321/comm', `${name}\n`);
      expect(reboot(host, 1)).toMatchObject({ code: 95, lines: [`refused ${name} (process 321) runs`] });
      expect(orders(host)).toEqual([]);
    });

    it('is refused while somebody holds the lock of dpkg', () => {
      const file = 'var/lib/dpkg/lock-frontend';
      host.write(file, '');
      host.command('ls', `case "$*" in "-di "*) echo "4711 $2" ;; *) exec /bin/ls "$@" ;; esac`);
      host.write('proc/55/comm', 'unattended-upgr\n');
      const waiting = '2: -> POSIX  ADVISORY  WRITE 56 fd:00:4711 0 EOF\n';
      host.write('proc/locks', `1: POSIX  ADVISORY  WRITE 55 fd:00:4711 0 EOF\n${waiting}`);
      expect(reboot(host, 1).lines).toEqual([`refused unattended-upgr (process 55) holds ${host.root}/${file}`]);
      host.write('proc/locks', '1: POSIX  ADVISORY  WRITE 55 fd:00:4712 0 EOF\n');
      expect(reboot(host, 1).lines).toEqual(['ordered']);
    });
  });

  describe('a package transaction', () => {
    it.each(['dnf-automatic', 'yum-cron', 'needrestart', 'dnf-3'])('%s counts', name => {
      host.write('proc/321/comm', `${name}\n`);
      expect(reboot(host, 1).lines).toEqual([`refused ${name} (process 321) runs`]);
    });

    it('the daemon of unattended-upgrades that only waits for a shutdown does not', () => {
      host.write('proc/55/comm', 'unattended-upgr\n');
      host.write('run/unattended-upgrades.lock', '');
      expect(reboot(host, 1).lines).toEqual(['ordered']);
    });

    it('unattended-upgrade counts between two runs of dpkg, by its own lock', () => {
      host.write('run/unattended-upgrades.lock', '');
      host.command('ls', `case "$*" in "-di "*) echo "4711 $2" ;; *) exec /bin/ls "$@" ;; esac`);
      host.write('proc/55/comm', 'unattended-upgr\n');
      host.write('proc/locks', '1: POSIX  ADVISORY  WRITE 55 00:19:4711 0 EOF\n');
      const where = `${host.root}/run/unattended-upgrades.lock`;
      expect(reboot(host, 1).lines).toEqual([`refused unattended-upgr (process 55) holds ${where}`]);
    });

    it('the daily work of apt counts, though nobody is known by its lock', async () => {
      host.write('var/lib/apt/daily_lock', '');
      const file = `${host.root}/var/lib/apt/daily_lock`;
      const holder = spawn('flock', [file, 'sh', '-c', 'echo held; exec sleep 60'], { detached: true });
      await once(holder.stdout, 'data');
      expect(reboot(host, 1).lines).toEqual([`refused the daily work of apt holds ${file}`]);
      process.kill(-(holder.pid ?? 0), 'SIGKILL');
      await once(holder, 'exit');
      expect(reboot(host, 1).lines).toEqual(['ordered']);
    });

    it('a service that changes packages counts while it runs', () => {
      host.command('systemctl', 'echo inactive; echo inactive; echo activating; echo inactive');
      expect(reboot(host, 1).lines).toEqual(['refused dnf-automatic.service runs']);
      host.command('systemctl', 'echo inactive; echo failed; exit 3');
      expect(reboot(host, 1).lines).toEqual(['ordered']);
    });
  });

  describe('facts', () => {
    it('are told in one answer', () => {
      host.command('systemctl', 'echo "bad.service loaded failed failed Bad"');
      host.write('proc/321/comm', 'dpkg\n');
      const { lines } = host.call('facts', []);
      expect(lines).toContain('boot boot-1');
      expect(lines).toContain('uptime 12.34');
      expect(lines).toContain('failed bad.service');
      expect(lines).toContain('transaction dpkg (process 321) runs');
      expect(lines).toContain('os ID=debian');
      expect(lines.filter(line => /^(arch|image) /.test(line))).toEqual([expect.stringMatching(/^arch \S+$/)]);
    });

    it.each([
      ['rpm-ostree', 'run/ostree-booted', '', ['image rpm-ostree']],
      ['rpm-ostree', 'run/other', '', []],
      ['transactional-update', 'proc/mounts', '/dev/vda3 / btrfs ro,relatime 0 0\n', ['image transactional-update']],
      ['transactional-update', 'proc/mounts', '/dev/vda3 / btrfs rw,relatime 0 0\n/dev/x /y btrfs ro 0 0\n', []],
    ])('tell of %s with %s %j: %j', (tool, file, text, told) => {
      host.command(tool, 'exit 9');
      host.write(file, text);
      expect(host.call('facts', []).lines.filter(line => line.startsWith('image '))).toEqual(told);
    });
  });
});
