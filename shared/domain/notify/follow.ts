import type { RolloutEvent } from '../events.ts';
import { startFold } from '../fold.ts';
import { isOwnReboot } from '../proof.ts';
import { blockedNotice, overNotice } from './blocked.ts';
import { eventNotice } from './event-notices.ts';
import { FailedNodes } from './failures.ts';
import { NodeSpells } from './node-spells.ts';
import type { Notice } from './notice.ts';
import { PersonSpells } from './person-spells.ts';
import type { About } from './place.ts';
import { type Delivery, Routing } from './routing.ts';
import type { Spell } from './spell.ts';
import { finishedNotice } from './summary.ts';
import { WaveSpells } from './wave-spells.ts';

/**
 * Decides what is told of one rollout. The same journal gives the same deliveries, under the same ids; only whether
 * something has been blocked for long enough depends on the clock, and that is remembered by {@link Follow.told}.
 */
export class Follow {
  readonly #about: About;
  readonly #routing: Routing;
  readonly #fold;
  readonly #failed = new FailedNodes();
  readonly #spells = [new WaveSpells(), new NodeSpells(), new PersonSpells()] as const;
  #reboots = 0;
  #isOver = false;

  /** `told`: what {@link Follow.told} gave at the position from which on deliveries are wanted. */
  constructor(about: About, told: readonly string[]) {
    this.#about = about;
    this.#routing = new Routing(about, told);
    this.#fold = startFold(about.plan, about.id);
  }

  /** The rollout has ended: nothing more will come. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** What was told as blocked and is not over: to be kept with the position in the journal. */
  told(): readonly string[] {
    return this.#routing.told();
  }

  /** Takes an event in of which everything was delivered before. */
  replay(event: RolloutEvent): void {
    this.#take(event);
  }

  /** Takes the next event in. */
  next(event: RolloutEvent): Delivery[] {
    const { notices, ended } = this.#take(event);
    const over = ended.flatMap(spell => this.#routing.over(spell, overNotice(this.#about, spell, event)));
    return [...over, ...notices.flatMap(notice => this.#routing.route(notice))];
  }

  /** What has been blocked for long enough by now. All events up to `nowMs` (the store's clock) must have been taken in. */
  tick(nowMs: number): Delivery[] {
    if (this.#isOver) return [];
    const open = this.#spells.flatMap(each => each.open());
    return open.flatMap(spell => this.#routing.blocked(spell, nowMs, () => blockedNotice(this.#about, spell, nowMs)));
  }

  #take(event: RolloutEvent): { notices: Notice[]; ended: Spell[] } {
    this.#fold.apply(event);
    const ended = this.#spells.flatMap(each => each.apply(event));
    const recovered = this.#failed.apply(this.#about, event);
    if (event.type === 'step-done' && isOwnReboot(event.proof)) this.#reboots += 1;
    const plain = eventNotice(this.#about, event);
    const notices = [plain, recovered].filter(notice => notice !== null);
    if (event.type === 'rollout-ended') {
      this.#isOver = true;
      const { failures } = this.#failed;
      notices.push(finishedNotice(this.#about, event, this.#fold.status(), { failures, reboots: this.#reboots }));
    }
    return { notices, ended };
  }
}
