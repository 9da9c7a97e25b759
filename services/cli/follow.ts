import type { Estimate } from '../../shared/domain/estimate/estimate.ts';
import type { RolloutEvent } from '../../shared/domain/events.ts';
import { type StatusFold, startFold } from '../../shared/domain/fold.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { RolloutStatus } from '../../shared/domain/status.ts';
import { estimateOf, readTimes, type Times } from '../common/estimates.ts';
import { BORNE, CliError, EXIT } from './exit.ts';
import { eventLine } from './render/event.ts';
import { type Paint, painter } from './render/paint.ts';
import { Screen } from './render/screen.ts';
import { renderStatus } from './render/status.ts';
import type { Rollouts, Wiring } from './wiring.ts';

/** How often the live view is drawn, and how often the end is looked for without one. */
const LIVE_TICK_MS = 250;
const PLAIN_TICK_MS = 500;

/** A rollout that waits for a person counts as such after this: a retry may be on its way. */
const STUCK_AFTER_MS = 2000;

/** How often it is asked whether any engine is alive; none at two looks in a row is told. */
const ENGINES_LOOK_MS = 5000;
const NO_ENGINE = 'no engine is alive: nothing goes on until one is started (nodetide up, or run --resume)';

/** How often it is read what nodes took, and how often it is reckoned anew what is left. */
const TIMES_LOOK_MS = 60_000;
const LEFT_LOOK_MS = 2_000;

export interface FollowOptions {
  readonly rollout: string;
  /** Lines as events come, instead of a view that is redrawn. */
  readonly plain: boolean;
  /** Without the view: events up to this one are known already and not printed. Default: all are. */
  readonly knownUpTo?: string;
  /** Stops watching. */
  readonly signal: AbortSignal;
  /** Shown below the live view; asked at every drawing. */
  readonly footer: () => string;
}

/** Shows a rollout until it is over, waits for a person, or the signal aborts. Returns its status then. */
export async function followRollout(
  wiring: Wiring,
  rollouts: Rollouts,
  options: FollowOptions,
): Promise<RolloutStatus> {
  const plan = await rollouts.plan(options.rollout);
  if (!plan) throw new CliError(EXIT.badInput, `there is no rollout ${options.rollout}`);
  const follower = new Follower(wiring, plan, options);
  return follower.run(rollouts);
}

class Follower {
  readonly #wiring: Wiring;
  readonly #fold: StatusFold;
  readonly #options: FollowOptions;
  readonly #screen: Screen | null;
  readonly #paint: Paint;
  readonly #over = new AbortController();
  #status: RolloutStatus;
  /** Nothing is printed before this event was heard; empty: everything is. */
  #known: string;
  /** Events were folded in since the last look. */
  #fresh = false;
  readonly #plan: Plan;
  #times: Times = {};
  #timesAskedAtMs: number | null = null;
  #left: Estimate | null = null;
  #leftAtMs: number | null = null;
  #stuckSinceMs: number | null = null;
  #enginesAskedAtMs: number | null = null;
  /** Looks in a row at which no engine was alive. */
  #looksWithoutEngine = 0;

  constructor(wiring: Wiring, plan: Plan, options: FollowOptions) {
    this.#wiring = wiring;
    this.#plan = plan;
    this.#fold = startFold(plan, options.rollout);
    this.#options = options;
    this.#known = options.knownUpTo ?? '';
    this.#screen = options.plain ? null : new Screen(wiring.terminal);
    this.#paint = painter(wiring.terminal.colour);
    this.#status = this.#fold.status();
  }

  async run(rollouts: Rollouts): Promise<RolloutStatus> {
    const signal = AbortSignal.any([this.#options.signal, this.#over.signal]);
    try {
      await Promise.all([this.#read(rollouts, signal), this.#tick(rollouts, signal)]);
      this.#look();
    } finally {
      this.#over.abort();
      this.#screen?.end();
    }
    return this.#status;
  }

  async #read(rollouts: Rollouts, signal: AbortSignal): Promise<void> {
    let last = '';
    for (let troubles = 0; !signal.aborted; ) {
      try {
        for await (const event of rollouts.follow(this.#options.rollout, last, signal)) {
          last = event.id;
          troubles = 0;
          this.#hear(event);
        }
      } catch (error) {
        troubles += 1;
        if (signal.aborted) return;
        if (error instanceof CliError || troubles > BORNE.troubles) throw error;
        await this.#wiring.clock.sleep(BORNE.pauseMs, signal).catch(() => undefined);
      }
    }
  }

  #hear(event: RolloutEvent): void {
    this.#fold.apply(event);
    this.#fresh = true;
    if (!this.#screen && this.#known === '') this.#wiring.terminal.out(eventLine(event, this.#paint));
    if (event.id === this.#known) this.#known = '';
    if (event.type === 'rollout-ended') this.#over.abort();
  }

  async #tick(rollouts: Rollouts, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#look();
      await this.#lookForTimes(rollouts);
      await this.#lookForEngines(rollouts);
      const pause = this.#screen ? LIVE_TICK_MS : PLAIN_TICK_MS;
      await this.#wiring.clock.sleep(pause, signal).catch(() => undefined);
    }
  }

  /** A rollout without an engine stands still: whoever watches must see that. Trouble with Redis is told elsewhere. */
  async #lookForEngines(rollouts: Rollouts): Promise<void> {
    const now = this.#wiring.clock.now();
    if (this.#enginesAskedAtMs !== null && now - this.#enginesAskedAtMs < ENGINES_LOOK_MS) return;
    this.#enginesAskedAtMs = now;
    const engines = await rollouts.engines().catch(() => null);
    if (engines === null) return;
    this.#looksWithoutEngine = engines.length > 0 ? 0 : this.#looksWithoutEngine + 1;
    if (this.#looksWithoutEngine === 2 && !this.#screen) this.#wiring.terminal.err(NO_ENGINE);
  }

  /** What is left is shown in the view only. Trouble with Redis is told elsewhere. */
  async #lookForTimes(rollouts: Rollouts): Promise<void> {
    const now = this.#wiring.clock.now();
    if (!this.#screen || (this.#timesAskedAtMs !== null && now - this.#timesAskedAtMs < TIMES_LOOK_MS)) return;
    this.#timesAskedAtMs = now;
    this.#times = await readTimes(rollouts, this.#plan).catch(() => this.#times);
  }

  #estimate(now: number): Estimate | null {
    if (this.#leftAtMs !== null && now - this.#leftAtMs < LEFT_LOOK_MS && this.#status.outcome === null)
      return this.#left;
    this.#leftAtMs = now;
    this.#left = estimateOf(this.#plan, this.#status, this.#times, now);
    return this.#left;
  }

  #look(): void {
    const { clock, terminal } = this.#wiring;
    if (this.#fresh) this.#status = this.#fold.status();
    this.#fresh = false;
    const now = clock.now();
    this.#stuckSinceMs = isStuck(this.#status) ? (this.#stuckSinceMs ?? now) : null;
    if (this.#stuckSinceMs !== null && now - this.#stuckSinceMs >= STUCK_AFTER_MS) this.#over.abort();
    if (!this.#screen) return;
    const { columns, rows } = terminal.size();
    // One row for the footer, one so that the terminal does not scroll.
    const lines = renderStatus(this.#status, now, {
      columns,
      rows: rows - 2,
      colour: terminal.colour,
      left: this.#estimate(now),
    });
    const footer = this.#over.signal.aborted ? [] : [this.#footer(columns)];
    this.#screen.draw([...lines, ...footer]);
  }

  #footer(columns: number): string {
    if (this.#looksWithoutEngine >= 2) return this.#paint('bad', NO_ENGINE.slice(0, columns));
    return this.#paint('dim', this.#options.footer().slice(0, columns));
  }
}

/** Only a person helps. Who is waited for at an approval is worth waiting for: it goes on as soon as it is given. */
function isStuck({ state, approvals, counts }: RolloutStatus): boolean {
  return state === 'waiting-on-person' && (counts.failed > 0 || !approvals.some(each => each.state === 'wanted'));
}
