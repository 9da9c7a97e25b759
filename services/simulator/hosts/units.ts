import type { HostProcess } from './processes.ts';

export type UnitState = 'active' | 'inactive' | 'failed';

/** A systemd unit, as far as anybody asks. */
export interface Unit {
  readonly name: string;
  readonly description: string;
  state: UnitState;
  exitCode: number | null;
  process: HostProcess | null;
  /** Unloaded as soon as it has ended, whatever its end. */
  readonly collect: boolean;
  log: string;
}

const SERVICES = ['containerd.service', 'cron.service', 'dbus.service', 'kubelet.service', 'ssh.service'];

/** `foo` → `foo.service`. */
export function unitName(name: string): string {
  return /\.(service|timer|socket|target|mount|scope)$/.test(name) ? name : `${name}.service`;
}

/** The units a host's systemd knows. */
export class UnitTable {
  readonly #units = new Map<string, Unit>();

  constructor(failed: readonly string[]) {
    for (const name of SERVICES) this.#units.set(name, unit(name, 'active'));
    for (const name of failed) this.#units.set(unitName(name), unit(unitName(name), 'failed'));
  }

  get(name: string): Unit | undefined {
    return this.#units.get(unitName(name));
  }

  list(state?: UnitState): Unit[] {
    const all = [...this.#units.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return state === undefined ? all : all.filter(one => one.state === state);
  }

  /** A transient unit around a process; follows it to its end. */
  start(name: string, process: HostProcess, options: { collect: boolean; description: string }): Unit {
    const started: Unit = { ...unit(name, 'active'), ...options, process };
    this.#units.set(name, started);
    void process.done.then(result => {
      if (this.#units.get(name) !== started) return;
      started.process = null;
      started.exitCode = result.exitCode;
      started.state = result.exitCode === 0 ? 'inactive' : 'failed';
      started.log = Buffer.concat([result.stdout, result.stderr]).toString();
      if (options.collect || started.state === 'inactive') this.#units.delete(name);
    });
    return started;
  }

  /** Marks a unit failed, as when a service dies. */
  fail(name: string): void {
    this.#units.set(unitName(name), unit(unitName(name), 'failed'));
  }

  /** Forgets that a unit failed. */
  reset(name: string): void {
    const known = this.get(name);
    if (known?.state !== 'failed') return;
    if (SERVICES.includes(known.name)) known.state = 'active';
    else this.#units.delete(known.name);
  }

  /** What a boot leaves: the permanent services, all started. */
  clear(): void {
    this.#units.clear();
    for (const name of SERVICES) this.#units.set(name, unit(name, 'active'));
  }
}

function unit(name: string, state: UnitState): Unit {
  return { name, description: name, state, exitCode: null, process: null, collect: false, log: '' };
}
