import { type ChildProcess, execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../ports.ts';
import { emulator } from './emulator.ts';

const run = promisify(execFile);

/** What a machine starts from: its disk, and the keys of its user and of its SSH server. */
export interface VmImage {
  readonly folder: string;
}

const UP_MS = 500_000;

/** A virtual machine with a disk of its own. Call `end` when done; the emulator dies with this process anyway. */
export class Machine {
  /** Holds its disk, known_hosts and console. */
  readonly dir: string;
  readonly port: number;
  readonly #image: VmImage;
  readonly #disk: string;
  #child: ChildProcess | null = null;

  /** A machine on a copy of the image; not started. `inPlace`: on the image itself. */
  static async create(image: VmImage, inPlace = false): Promise<Machine> {
    const dir = await mkdtemp(join(tmpdir(), 'nodetide-vm-'));
    const port = await freePort();
    const [kind, key] = (await readFile(join(image.folder, 'host.pub'), 'utf8')).split(' ');
    await writeFile(join(dir, 'known_hosts'), `[127.0.0.1]:${port} ${kind} ${key}\n`);
    const raw = join(image.folder, 'disk.raw');
    if (inPlace) return new Machine(dir, port, image, `file=${raw},format=raw`);
    const disk = join(dir, 'disk.qcow2');
    await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', raw, disk]);
    return new Machine(dir, port, image, `file=${disk},format=qcow2`);
  }

  private constructor(dir: string, port: number, image: VmImage, disk: string) {
    this.dir = dir;
    this.port = port;
    this.#image = image;
    this.#disk = disk;
  }

  get keyFile(): string {
    return join(this.#image.folder, 'id');
  }

  /** Turns it on. `reboot: off`: where the machine would reboot, it turns itself off instead. */
  start(options: { readonly reboot?: 'off' } = {}): void {
    const net = `user,model=virtio-net-pci,restrict=on,hostfwd=tcp:127.0.0.1:${this.port}-:22`;
    const child = emulator([
      ...['-machine', 'pc', '-m', '640', '-smp', '2', '-nodefaults', '-vga', 'std', '-display', 'none'],
      ...['-drive', `${this.#disk},if=virtio`, '-nic', net],
      ...['-serial', `file:${join(this.dir, 'console')}`],
      ...(options.reboot === 'off' ? ['-no-reboot'] : []),
    ]);
    child.stderr?.on('data', (text: Buffer) => {
      if (!text.includes('warning:')) console.error(`qemu: ${text.toString('utf8').trim()}`);
    });
    this.#child = child;
  }

  /** Pulls the plug. */
  async cutPower(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }

  /** Returns when it has turned itself off. */
  async off(): Promise<void> {
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'close');
  }

  /** Runs a command in it as root, by a connection of its own; gives what it printed. */
  async sh(command: string): Promise<string> {
    const words = ['-i', this.keyFile, '-p', String(this.port), '-F', 'none', '-o', 'BatchMode=yes'];
    const known = ['-o', `UserKnownHostsFile=${join(this.dir, 'known_hosts')}`, '-o', 'ConnectTimeout=10'];
    const alive = ['-o', 'ServerAliveInterval=5', '-o', 'ServerAliveCountMax=6'];
    const { stdout } = await run('ssh', [...words, ...known, ...alive, 'root@127.0.0.1', command]);
    return stdout;
  }

  /** Waits, in the machine, until a command succeeds. */
  async until(command: string): Promise<void> {
    await this.sh(`until ${command}; do sleep 0.2; done 2>/dev/null`);
  }

  /** Waits until it lets one in. */
  async up(): Promise<void> {
    const end = Date.now() + UP_MS;
    for (;;) {
      try {
        await this.sh('systemctl is-system-running --wait >/dev/null || :');
        return;
      } catch (error) {
        if (Date.now() > end) throw new Error(`not up: ${await this.console()}`, { cause: error });
        await sleep(500);
      }
    }
  }

  bootId(): Promise<string> {
    return this.sh('cat /proc/sys/kernel/random/boot_id').then(text => text.trim());
  }

  /** The end of what it wrote to its console. */
  async console(): Promise<string> {
    return (await readFile(join(this.dir, 'console'), 'utf8').catch(() => '')).slice(-3_000);
  }

  async end(): Promise<void> {
    await this.cutPower();
    await rm(this.dir, { recursive: true, force: true });
  }
}
