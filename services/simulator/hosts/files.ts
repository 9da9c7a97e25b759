import type { HostDisk } from './disk.ts';
import { DPKG_LOCK, DPKG_LOCK_INODE } from './locks.ts';
import type { SimHost } from './machine.ts';
import { releaseOf } from './packages.ts';

const OS_RELEASE = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
`;

const FOLDERS = [
  '/root',
  '/home/ops',
  '/tmp',
  '/var/tmp',
  '/var/log',
  '/var/cache/apt/archives',
  '/var/lib/apt/lists',
  '/var/lib/dpkg/updates',
  '/var/lib/systemd',
  '/boot',
  '/etc/apt',
  '/lib/modules',
  '/opt',
  '/srv',
  '/usr/local/bin',
  '/usr/local/sbin',
];
/** What a boot makes in /run. */
const RUN_FOLDERS = ['/run/lock', '/run/systemd/system', '/run/user'];

/** The files of a kernel package. */
export function installKernel(disk: HostDisk, release: string): void {
  disk.writeFileSync(`/boot/vmlinuz-${release}`, 'kernel\n');
  disk.writeFileSync(`/boot/initrd.img-${release}`, 'initrd\n');
  disk.writeFileSync(`/boot/config-${release}`, `CONFIG_LOCALVERSION=""\n`);
  disk.mkdirSync(`/lib/modules/${release}`, { recursive: true });
}

/** A sentence in the words of apt's and dpkg's own hooks: a reboot is due because of these packages. */
export function leaveSentinel(disk: HostDisk, packages: readonly string[]): void {
  disk.writeFileSync('/run/reboot-required', '*** System restart required ***\n');
  disk.writeFileSync('/run/reboot-required.pkgs', packages.map(name => `${name}\n`).join(''));
}

/** Everything a freshly booted host has; files that are there stay. */
export function layOutDisk(host: SimHost): void {
  const { disk } = host;
  for (const folder of [...FOLDERS, ...RUN_FOLDERS]) disk.mkdirSync(folder, { recursive: true });
  disk.writeFileSync('/etc/os-release', OS_RELEASE);
  disk.writeFileSync('/etc/hostname', `${host.spec.name}\n`);
  disk.writeFileSync('/etc/debian_version', '12.8\n');
  disk.writeFileSync('/etc/apt/sources.list', 'deb http://deb.debian.org/debian bookworm main\n');
  disk.writeFileSync('/var/lib/dpkg/lock-frontend', '', {}, { mode: 0o640 });
  disk.writeFileSync('/var/lib/dpkg/lock', '', {}, { mode: 0o640 });
  for (const name of host.packages.installed.keys()) {
    const release = releaseOf(name);
    if (release !== null && /^\d+\./.test(release)) installKernel(disk, release);
  }
  // Refused when it is there already.
  disk.symlink('/run', '/var/run').catch(() => {});
  computeProc(host);
}

function computeProc(host: SimHost): void {
  const { disk } = host;
  disk.mkdirSync('/proc/sys/kernel/random', { recursive: true });
  disk.compute('/proc/sys/kernel/random/boot_id', () => `${host.bootId}\n`);
  disk.compute('/proc/sys/kernel/osrelease', () => `${host.kernel}\n`);
  disk.compute('/proc/sys/kernel/hostname', () => `${host.spec.name}\n`);
  disk.compute('/proc/uptime', () => {
    const seconds = ((Date.now() - host.bootedAtMs) / 1000).toFixed(2);
    return `${seconds} ${seconds}\n`;
  });
  disk.compute('/proc/locks', () => {
    const holder = host.locks.holder(DPKG_LOCK);
    return holder === null ? '' : `1: POSIX  ADVISORY  WRITE ${holder.pid} fe:01:${DPKG_LOCK_INODE} 0 EOF\n`;
  });
  disk.compute('/proc/loadavg', () => '0.08 0.03 0.01 1/120 999\n');
}
