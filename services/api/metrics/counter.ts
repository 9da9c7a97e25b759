import { countEvents, NOTHING_COUNTED } from '../../../shared/domain/metrics/count.ts';
import { type CountPlan, countPlan } from '../../../shared/domain/metrics/count-plan.ts';
import type { MetricsStore } from '../../../shared/ports/metrics.ts';
import type { RolloutReader } from '../../../shared/ports/store.ts';

/** Events read and counted at once. */
const PAGE = 1_000;
/** Most that are counted for one look: a scrape must not take long, the next goes on. */
const MOST_EVENTS = 20_000;

type Reader = Pick<RolloutReader, 'plan' | 'events'>;

/**
 * Counts journals on. Any number of processes may do so at the same time: of each piece one is heard, the others read on
 * from where it ended.
 */
export class Counter {
  readonly #store: MetricsStore;
  readonly #reader: Reader;
  /** Of rollouts under way: everything up to this moment is counted. */
  readonly #untilMs = new Map<string, number>();

  constructor(store: MetricsStore, reader: Reader) {
    this.#store = store;
    this.#reader = reader;
  }

  /**
   * Counts as far as one look may go; those given first come first. `nowMs`: the store's clock, read before. Returns the
   * rollouts that were not counted up to that moment.
   */
  async countOn(rollouts: readonly string[], nowMs: number): Promise<readonly string[]> {
    const positions = await this.#store.positions(rollouts);
    const uncounted: string[] = [];
    let left = MOST_EVENTS;
    for (const id of rollouts) {
      if (positions.get(id)?.state.ended) {
        this.#untilMs.delete(id);
        continue;
      }
      const plan = left > 0 ? await this.#reader.plan(id) : null;
      const { whole, read } = plan ? await this.#count(id, countPlan(plan), left) : { whole: false, read: 0 };
      left -= read;
      if (whole) this.#untilMs.set(id, nowMs);
      else uncounted.push(id);
    }
    return uncounted;
  }

  /**
   * Up to when what a rollout waits for is known to go on, ms since the epoch. It never goes back: what was counted of a
   * wait once would be taken away again. `last`: the last event counted.
   */
  untilMs(rollout: string, last: string): number {
    return Math.max(this.#untilMs.get(rollout) ?? 0, Number(last.slice(0, last.indexOf('-'))));
  }

  async #count(id: string, plan: CountPlan, most: number): Promise<{ whole: boolean; read: number }> {
    let position = await this.#store.position(id);
    let read = 0;
    while (read < most) {
      const page = await this.#reader.events(id, position?.last ?? '', PAGE);
      const last = page.at(-1)?.id;
      if (last === undefined) return { whole: true, read };
      read += page.length;
      const counted = countEvents(plan, position?.state ?? NOTHING_COUNTED, page);
      const kept = await this.#store.count(id, position, last, counted);
      // Another process counted it just now.
      position = kept ? { last, state: counted.state } : await this.#store.position(id);
      if (kept && page.length < PAGE) return { whole: true, read };
    }
    return { whole: false, read };
  }
}
