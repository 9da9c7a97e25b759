import type { Command } from 'commander';
import { SETTLED_STATES } from '../../../shared/domain/events.ts';
import { type StatusFold, startFold } from '../../../shared/domain/fold.ts';
import type { NodeStatus } from '../../../shared/domain/status.ts';
import { STEPS, type StepName } from '../../../shared/domain/steps.ts';
import { BORNE, CliError, EXIT } from '../exit.ts';
import { withPlace } from '../options.ts';
import { harmless } from '../render/text.ts';
import type { Rollouts, Wiring } from '../wiring.ts';
import { findNode, pickRollout, withSession } from './rollout.ts';

const POLL_MS = 500;

interface Options {
  readonly redis?: string;
  readonly data?: string;
  readonly rollout?: string;
  readonly follow?: boolean;
  readonly step?: string;
}

/** `nodetide logs NODE` */
export function register(program: Command, wiring: Wiring): void {
  const command = program
    .command('logs')
    .description('print what the commands on a node printed, step by step, in its latest round')
    .argument('<node>', 'NODE or CLUSTER/NODE')
    .option('--rollout <id>', 'its id or the beginning of it; default: the one that runs, else the latest')
    .option('--step <name>', 'only of this step')
    .option('-f, --follow', 'go on until the node is done');
  withPlace(command).action((asked: string, options: Options) =>
    withSession(wiring, options, async ({ rollouts }) => {
      const { id } = await pickRollout(rollouts, options.rollout);
      await new LogPrinter(wiring, rollouts, id, asked, options).run();
    }),
  );
}

class LogPrinter {
  readonly #wiring: Wiring;
  readonly #rollouts: Rollouts;
  readonly #id: string;
  readonly #asked: string;
  readonly #options: Options;
  readonly #printed = new Map<string, number>();
  #fold: StatusFold | null = null;
  #lastEvent = '';
  #troubles = 0;

  constructor(wiring: Wiring, rollouts: Rollouts, id: string, asked: string, options: Options) {
    this.#wiring = wiring;
    this.#rollouts = rollouts;
    this.#id = id;
    this.#asked = asked;
    this.#options = options;
  }

  async run(): Promise<void> {
    const stop = new AbortController();
    const forget = this.#wiring.onInterrupt(() => stop.abort());
    try {
      while (!stop.signal.aborted) {
        const isOver = await this.#look().catch((error: unknown) => this.#bear(error));
        if (isOver || !this.#options.follow) return;
        const pauseMs = this.#troubles > 0 ? BORNE.pauseMs : POLL_MS;
        await this.#wiring.clock.sleep(pauseMs, stop.signal).catch(() => undefined);
      }
    } finally {
      forget();
    }
  }

  /** Prints what is new; whether nothing is to come. */
  async #look(): Promise<boolean> {
    const node = await this.#node();
    for (const step of STEPS) await this.#print(node, step);
    this.#troubles = 0;
    return SETTLED_STATES.includes(node.state);
  }

  /** Throws what will not pass, or has lasted too long, or where nothing is followed. */
  #bear(error: unknown): false {
    this.#troubles += 1;
    const mayPass = !(error instanceof CliError) || error.mayPass;
    if (this.#options.follow && this.#fold && mayPass && this.#troubles <= BORNE.troubles) return false;
    throw error;
  }

  async #node(): Promise<NodeStatus> {
    const fold = await this.#foldOn();
    const status = fold.status();
    const { cluster, node } = findNode(status, this.#asked);
    return Object.values(status.nodes).find(each => each.cluster === cluster && each.node === node) as NodeStatus;
  }

  async #foldOn(): Promise<StatusFold> {
    if (!this.#fold) {
      const plan = await this.#rollouts.plan(this.#id);
      if (!plan) throw new CliError(EXIT.badInput, `there is no rollout ${this.#id}`);
      this.#fold = startFold(plan, this.#id);
    }
    for (const event of await this.#rollouts.events(this.#id, this.#lastEvent)) {
      this.#fold.apply(event);
      this.#lastEvent = event.id;
    }
    return this.#fold;
  }

  async #print({ cluster, node, round, steps }: NodeStatus, step: StepName): Promise<void> {
    if (round === 0 || (this.#options.step ?? step) !== step) return;
    const key = `${round} ${step}`;
    const from = this.#printed.get(key) ?? 0;
    const lines = await this.#rollouts.stepLog(this.#id, { cluster, node, round, step }, from);
    if (lines.length === 0) return;
    if (from === 0) this.#wiring.terminal.out(`── ${step} (${steps[step].state}, round ${round})`);
    for (const line of lines) this.#wiring.terminal.out(harmless(line));
    this.#printed.set(key, from + lines.length);
  }
}
