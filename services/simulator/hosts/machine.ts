import { randomUUID } from 'node:crypto';
import type { SimMachine, WorldLog } from '../world.ts';
import { hostCommands } from './commands/all.ts';
import { HostDisk } from './disk.ts';
import { installKernel, layOutDisk } from './files.ts';
import { DPKG_JOURNAL, DPKG_LOCK, HostLocks, type LockHolder } from './locks.ts';
import { PackageSet } from './packages.ts';
import { ProcessTable } from './processes.ts';
import type { HostFaults, HostSpec } from './spec.ts';
import { WorldTimers } from './timers.ts';
import { UnitTable } from './units.ts';

/** What follows the power of a machine: its SSH server. */
export interface PowerFollower {
  /** The machine is reachable again when this resolves. */
  up(): Promise<void>;
  /** Cuts all sessions. */
  down(): void;
}

export type HostState = 'up' | 'going-down' | 'off' | 'booting';

/** Whether nothing runs on a machine in this state. */
export function isOff(state: HostState): boolean {
  return state === 'off' || state === 'booting';
}

/** How long a machine that goes down lets commands answer that are under way. */
const ANSWER_MS = 1000;

/** A simulated machine: disk, packages, processes and power. */
export class SimHost {
  readonly spec: HostSpec;
  readonly faults: HostFaults;
  readonly disk: HostDisk;
  readonly packages: PackageSet;
  readonly locks = new HostLocks();
  readonly processes: ProcessTable;
  readonly units: UnitTable;
  readonly timers: WorldTimers;
  /** Installed kernels' releases, oldest first. */
  readonly kernels: string[];
  state: HostState = 'up';
  kubeletUp = true;
  bootId: string = randomUUID();
  kernel: string;
  bootedAtMs = Date.now() - 40 * 86_400_000;
  readonly #world: WorldLog;
  readonly #answers = new Set<Promise<void>>();
  readonly #followers = new Set<PowerFollower>();
  readonly #listeners = new Set<(machine: SimMachine) => void>();

  constructor(spec: HostSpec, world: WorldLog, speed: number) {
    this.spec = spec;
    this.machine = machineView(this);
    this.faults = structuredClone(spec.faults);
    this.#world = world;
    this.timers = new WorldTimers(speed);
    this.kernel = spec.kernel;
    this.kernels = [spec.kernel];
    this.packages = new PackageSet(spec);
    this.disk = new HostDisk();
    layOutDisk(this);
    this.disk.full = this.faults.diskFull;
    this.processes = new ProcessTable(this.disk, this.locks, process => hostCommands(this, process));
    this.units = new UnitTable(spec.failedUnits);
    if (spec.aptLockedMs > 0) this.holdPackageLock(spec.aptLockedMs);
  }

  /** What the kubelet on this machine reports. */
  readonly machine: SimMachine;

  /** The host's own clock. */
  nowMs(): number {
    return Date.now() + this.spec.clockSkewMs;
  }

  tell(act: Parameters<WorldLog['write']>[2], detail?: Readonly<Record<string, unknown>>): void {
    this.#world.write(this.spec.cluster, this.spec.name, act, detail);
  }

  /** As {@link SimMachine.onChange}. */
  onChange(listener: (machine: SimMachine) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  follow(follower: PowerFollower): void {
    this.#followers.add(follower);
  }

  /** Changes faults at run time; a kubelet that may start again starts. */
  setFaults(faults: Partial<HostFaults>): void {
    Object.assign(this.faults, faults);
    if (!this.faults.kubeletStaysDown && this.state === 'up' && !this.kubeletUp) this.#setKubelet(true);
    this.disk.full = this.faults.diskFull;
  }

  /** Somebody else (`unattended-upgr`) holds the package lock for `ms` of real time. */
  holdPackageLock(ms: number, command = 'unattended-upgr'): void {
    const process = this.processes.pretend(command);
    this.takePackageLock(process);
    void this.timers.waitReal(ms, process.signal).then(() => process.kill());
  }

  /** Takes dpkg's lock for a process, or says who has it. */
  takePackageLock(process: LockHolder): LockHolder | null {
    const holder = this.locks.take(DPKG_LOCK, process);
    // Refused when it is there already: the process has the lock.
    if (holder === null) this.disk.symlink(DPKG_LOCK, `/proc/${process.pid}/fd/4`).catch(() => {});
    return holder;
  }

  /** A transaction was cut off, or (`false`) is ended by `dpkg --configure -a`. */
  setInterrupted(interrupted: boolean): void {
    this.packages.interrupted = interrupted;
    if (interrupted) this.disk.writeFileSync(DPKG_JOURNAL, '');
    else void this.disk.rm(DPKG_JOURNAL, { force: true });
  }

  /** A reboot was ordered: the machine goes down and, unless a fault forbids, comes back. False: nothing will happen. */
  reboot(by: string): boolean {
    if (this.state !== 'up') return false;
    if (this.faults.rebootIgnored) return false;
    this.tell('reboot', { by, bootId: this.bootId });
    void this.#cycle();
    return true;
  }

  /** Off at once, as when the plug is pulled. Stays off until {@link powerOn}. */
  powerCut(): void {
    if (isOff(this.state)) this.state = 'off';
    else this.#goOff();
  }

  /** Switches a machine on that is off. Resolves when it is up. */
  async powerOn(): Promise<void> {
    if (this.state === 'off') await this.#boot();
  }

  /** A command over SSH, until its answer is out. */
  track(answer: Promise<void>): void {
    this.#answers.add(answer);
    answer.catch(() => {}).finally(() => this.#answers.delete(answer));
  }

  addKernel(release: string): void {
    if (this.kernels.includes(release)) return;
    this.kernels.push(release);
    installKernel(this.disk, release);
  }

  close(): void {
    this.state = 'off';
    this.processes.killAll();
    this.timers.close();
    this.#listeners.clear();
  }

  async #cycle(): Promise<void> {
    this.state = 'going-down';
    if (!(await this.timers.wait(this.spec.timings.shutdownMs))) return;
    if (this.faults.rebootReply === 'returns') await this.#answered();
    if (this.#is('off')) return;
    this.#goOff();
    if (this.faults.neverReturns) return;
    await this.#boot();
  }

  /** The answers under way are out, or take too long. */
  async #answered(): Promise<void> {
    const limit = new AbortController();
    await Promise.race([Promise.allSettled(this.#answers), this.timers.waitReal(ANSWER_MS, limit.signal)]);
    limit.abort();
  }

  #goOff(): void {
    this.state = 'off';
    for (const follower of this.#followers) follower.down();
    this.processes.killAll();
    this.units.clear();
    this.kubeletUp = false;
    this.tell('down');
    this.#changed();
  }

  async #boot(): Promise<void> {
    this.state = 'booting';
    if (!(await this.timers.wait(this.spec.timings.bootMs))) return;
    if (!this.#is('booting')) return;
    await this.disk.clearMemory();
    this.bootId = randomUUID();
    this.bootedAtMs = Date.now();
    if (!this.faults.keepsOldKernel) this.kernel = this.kernels.at(-1) ?? this.kernel;
    layOutDisk(this);
    for (const follower of this.#followers) await follower.up();
    if (!this.#is('booting')) return;
    this.state = 'up';
    this.tell('up', { bootId: this.bootId, kernel: this.kernel });
    this.#setKubelet(!this.faults.kubeletStaysDown);
  }

  /** Asked after a wait, where the compiler takes the state for known. */
  #is(state: HostState): boolean {
    return this.state === state;
  }

  #setKubelet(up: boolean): void {
    this.kubeletUp = up;
    this.#changed();
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener(this.machine);
  }
}

function machineView(host: SimHost): SimMachine {
  return {
    cluster: host.spec.cluster,
    name: host.spec.name,
    osImage: 'Debian GNU/Linux 12 (bookworm)',
    get up() {
      return !isOff(host.state) && host.kubeletUp;
    },
    get bootId() {
      return host.bootId;
    },
    get kernel() {
      return host.kernel;
    },
    onChange: listener => host.onChange(listener),
  };
}
