import { fail } from '../../shared/domain/failures/catalogue.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Control, ControlCommand, ControlResult } from '../../shared/ports/control.ts';
import type { CommandResult, HostFacts, RebootOrder } from '../../shared/ports/host.ts';
import { FakeHost } from './fake-host.ts';

/** How a machine and the command that presses its button behave. */
export interface Behaviour {
  /** Between an order and its shutdown. Default: 1 s. */
  readonly shutdownMs?: number;
  /** Between down and up. Default: 3 s. */
  readonly bootMs?: number;
  /** So many orders (or presses of the button) do nothing. */
  readonly deafFor?: number;
  /** A package manager runs for so long from the start. */
  readonly busyMs?: number;
  /** Answers to facts in this order that are lost. */
  readonly blips?: readonly number[];
  /** What the command does to the machine. Default: nothing. */
  readonly button?: 'cycle' | 'power-on';
  /** How the command ends, one run after another; then with 0. */
  readonly ends?: readonly ('exit 1' | 'timeout' | 'not run')[];
}

/** A machine in memory with a power button: what it did, under which boot id. */
export class Machine extends FakeHost {
  /** Where the command runs. */
  readonly control: Control = { run: command => this.#runCommand(command) };
  power: 'on' | 'off' | 'booting' = 'on';
  /** The boot ids under which it went down. */
  readonly takenDown: string[] = [];
  /** The boot ids under which the button was pressed. */
  readonly pressed: string[] = [];
  /** Boots that were cut off by another press. */
  cutBoots = 0;
  /** What the command was told. */
  env: Readonly<Record<string, string>> = {};
  readonly #clock: Clock;
  readonly #behaviour: Behaviour;
  readonly #busyUntilMs: number;
  #deafFor: number;
  #facts = 0;
  #runs = 0;

  constructor(clock: Clock, behaviour: Behaviour) {
    super('a', () => clock.now());
    this.#clock = clock;
    this.#behaviour = behaviour;
    this.#deafFor = behaviour.deafFor ?? 0;
    this.#busyUntilMs = clock.now() + (behaviour.busyMs ?? 0);
  }

  override async facts(): Promise<HostFacts> {
    this.#needPower();
    this.#facts += 1;
    if (this.#behaviour.blips?.includes(this.#facts)) throw fail('host-connection-lost', { message: 'a blip' });
    return super.facts();
  }

  override async reboot(order: RebootOrder): Promise<void> {
    this.#needPower();
    const nowMs = this.#clock.now();
    if (order.expectBootId !== this.bootId) throw fail('host-boot-id-changed', { message: 'another boot id' });
    if (nowMs > order.notAfterMs) throw fail('host-order-expired', { message: 'too late' });
    if (nowMs < this.#busyUntilMs) throw fail('host-busy', { message: 'refused', seen: 'dpkg (process 7) runs' });
    if (order.command === ':' || this.#isDeaf()) return;
    const { bootId } = this;
    void this.#clock.sleep(this.#behaviour.shutdownMs ?? 1_000).then(() => {
      if (this.bootId !== bootId || this.power !== 'on') return;
      this.#goDown();
      if (order.command !== 'systemctl poweroff') this.turnOn();
    });
  }

  override async run(): Promise<CommandResult> {
    this.#needPower();
    return { exitCode: 0, stdout: '', stderr: '' };
  }

  turnOn(): void {
    if (this.power !== 'off') return;
    this.power = 'booting';
    void this.#clock.sleep(this.#behaviour.bootMs ?? 3_000).then(() => {
      if (this.power !== 'booting') return;
      this.power = 'on';
      this.bootId = `boot-${this.takenDown.length + 1}`;
    });
  }

  async #runCommand({ env }: ControlCommand): Promise<ControlResult> {
    this.env = env;
    const end = this.#behaviour.ends?.[this.#runs];
    this.#runs += 1;
    if (end === 'not run') throw fail('control-command-not-run', { message: 'no shell' });
    this.#press();
    if (end === 'timeout') throw fail('control-command-timeout', { message: 'it did not end within 60 s', seen: 'hm' });
    return { exitCode: end === 'exit 1' ? 1 : 0, output: '' };
  }

  #press(): void {
    this.pressed.push(this.bootId);
    if (this.#isDeaf()) return;
    if (this.power === 'booting') this.cutBoots += 1;
    if (this.#behaviour.button === 'cycle' && this.power === 'on') this.#goDown();
    this.turnOn();
  }

  #goDown(): void {
    this.takenDown.push(this.bootId);
    this.power = 'off';
  }

  #isDeaf(): boolean {
    this.#deafFor -= 1;
    return this.#deafFor >= 0;
  }

  #needPower(): void {
    if (this.power !== 'on') throw fail('host-refused-connection', { message: `it is ${this.power}` });
  }
}
