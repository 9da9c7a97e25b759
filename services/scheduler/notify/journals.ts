import { Follow } from '../../../shared/domain/notify/follow.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { Followed } from '../../../shared/ports/outbox.ts';
import type { NotifyDeps } from './deps.ts';

/** Events read at once. */
const PAGE = 500;

interface Open {
  readonly follow: Follow;
  readonly revision: number;
  readonly position: string;
}

/**
 * Reads journals from where they were read to last, and puts into the outbox what is to be told. Position and messages are
 * kept in one step, so that whoever goes on after a death tells everything, and nothing twice.
 */
export class Journals {
  readonly #deps: NotifyDeps;
  readonly #open = new Map<string, Open>();
  readonly #troubles = new Map<string, string>();

  constructor(deps: NotifyDeps) {
    this.#deps = deps;
  }

  /** Looks at every rollout once. */
  async look(): Promise<void> {
    const { outbox, log } = this.#deps;
    const rollouts = await outbox.unfinished();
    for (const gone of [...this.#open.keys()].filter(id => !rollouts.includes(id))) this.#open.delete(gone);
    for (const rollout of rollouts) {
      // One that cannot be followed must not keep the others from it.
      await this.#lookAt(rollout).then(
        () => this.#troubles.delete(rollout),
        (error: unknown) => {
          this.#open.delete(rollout);
          const text = String(error);
          if (this.#troubles.get(rollout) === text) return;
          this.#troubles.set(rollout, text);
          log.warn({ rollout, error: text }, 'what is to be told of a rollout could not be decided');
        },
      );
    }
  }

  async #lookAt(rollout: string): Promise<void> {
    const { outbox, store } = this.#deps;
    const [kept, plan] = await Promise.all([outbox.followed(rollout), store.plan(rollout)]);
    if (kept.isOver || !plan) return;
    if (!plan.notifications) {
      await outbox.advance(rollout, kept.revision, { position: '', told: [], isOver: true }, []);
      return;
    }
    let open = this.#open.get(rollout);
    if (open?.revision !== kept.revision) open = await this.#reopen(rollout, plan, kept);
    for (let more = true; more; ) {
      const step = await this.#step(rollout, open);
      if (step === null) return;
      open = step.open;
      more = step.more;
    }
  }

  /** One page of the journal; null: there is nothing new, or another scheduler was faster. */
  async #step(rollout: string, open: Open): Promise<{ open: Open; more: boolean } | null> {
    const { outbox, store } = this.#deps;
    const { follow, revision } = open;
    // Before the events are read: what ended until then must not be told as blocked.
    const nowMs = await store.now();
    const events = await store.events(rollout, open.position, PAGE);
    const more = events.length === PAGE;
    const deliveries = events.flatMap(event => follow.next(event));
    if (!more) deliveries.push(...follow.tick(nowMs));
    // The end may have been the last event of a full page: that it was told is kept all the same.
    if (events.length === 0 && deliveries.length === 0 && !follow.isOver) return null;
    const position = events.at(-1)?.id ?? open.position;
    const to = { position, told: follow.told(), isOver: follow.isOver && !more };
    if (!(await outbox.advance(rollout, revision, to, deliveries))) {
      this.#open.delete(rollout);
      return null;
    }
    const next = { follow, revision: revision + 1, position };
    this.#open.set(rollout, next);
    return { open: next, more };
  }

  async #reopen(rollout: string, plan: Plan, { revision, position, told }: Followed): Promise<Open> {
    const follow = new Follow({ id: rollout, plan }, told);
    let last = '';
    while (last !== position) {
      const events = await this.#deps.store.events(rollout, last, PAGE);
      for (const event of events) {
        follow.replay(event);
        last = event.id;
        if (last === position) break;
      }
      if (events.length < PAGE) break;
    }
    const open = { follow, revision, position };
    this.#open.set(rollout, open);
    return open;
  }
}
