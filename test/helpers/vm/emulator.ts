import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';

/** The program that is the machine's hardware. */
export const QEMU = 'qemu-system-x86_64';

let known: readonly string[] | undefined;

/** How this machine can run another: by its processor (KVM) where that truly works, else in software. */
export function acceleration(): readonly string[] {
  known ??= kvmWorks() ? ['-accel', 'kvm', '-cpu', 'max'] : ['-accel', 'tcg,thread=multi'];
  return known;
}

/** A /dev/kvm may be there and be of no use (within another virtual machine): only a BIOS that comes to its end proves it. */
function kvmWorks(): boolean {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch {
    return false;
  }
  const words = ['-accel', 'kvm', '-m', '64', '-display', 'none', '-monitor', 'none', '-nic', 'none', '-no-reboot'];
  const bios = ['-chardev', 'stdio,id=bios', '-device', 'isa-debugcon,iobase=0x402,chardev=bios'];
  const said = spawnSync(QEMU, [...words, ...bios], { timeout: 4_000, killSignal: 'SIGKILL', encoding: 'utf8' });
  return said.stdout.includes('No bootable device');
}

/** Starts the emulator with these words; it dies with this process, however that ends. */
export function emulator(words: readonly string[]): ChildProcess {
  const all = [...acceleration(), ...words];
  const [program, before] = existsSync('/usr/bin/setpriv')
    ? ['/usr/bin/setpriv', ['--pdeathsig', 'KILL', '--', QEMU]]
    : [QEMU, []];
  const child = spawn(program, [...before, ...all], { stdio: ['ignore', 'ignore', 'pipe'] });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('close', () => process.off('exit', kill));
  return child;
}
