import { setTimeout as sleep } from 'node:timers/promises';
import type { Overview } from '../../../../shared/domain/view/overview.ts';
import { same } from '../../../../shared/domain/view/same.ts';
import type { Overviews } from './overviews.ts';
import { Shared } from './shared.ts';
import { liveFrames, sseFrame, type Ticks } from './sse.ts';

/** Between two looks. */
const LOOK_MS = 1_000;

/** An overview as it is sent, written once for all readers. Who comes later gets its time as of the last look. */
class SentOverview {
  #overview: Overview;
  #frame: string | null = null;

  constructor(overview: Overview) {
    this.#overview = overview;
  }

  /** Takes in a look that found the same. */
  renew(overview: Overview): void {
    this.#overview = overview;
    this.#frame = null;
  }

  isStill(overview: Overview): boolean {
    return same(withoutTime(this.#overview), withoutTime(overview));
  }

  frame(): string {
    this.#frame ??= sseFrame('overview', JSON.stringify(this.#overview));
    return this.#frame;
  }
}

/** Overviews as they change: made once for all readers, and only while there are any. */
export class OverviewStream {
  readonly #overviews: Pick<Overviews, 'overview'>;
  readonly #lookMs: number;
  #shared: Shared<SentOverview> | null = null;

  constructor(overviews: Pick<Overviews, 'overview'>, lookMs: number = LOOK_MS) {
    this.#overviews = overviews;
    this.#lookMs = lookMs;
  }

  /** The overview, and again whenever it is another, as server-sent events, until the signal aborts. */
  frames(ticks: Ticks, signal: AbortSignal): AsyncGenerator<string> {
    const watch = () => {
      this.#shared ??= this.#begin();
      return this.#shared.watch();
    };
    return liveFrames({ watch, ticks, frame: sent => sent.frame() }, signal);
  }

  #begin(): Shared<SentOverview> {
    const shared: Shared<SentOverview> = new Shared(
      signal => this.#changes(signal),
      () => {
        if (this.#shared === shared) this.#shared = null;
      },
    );
    return shared;
  }

  async *#changes(signal: AbortSignal): AsyncGenerator<SentOverview> {
    let before: SentOverview | null = null;
    while (!signal.aborted) {
      const overview = await this.#overviews.overview();
      if (before?.isStill(overview)) before.renew(overview);
      else {
        before = new SentOverview(overview);
        yield before;
      }
      await sleep(this.#lookMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Time goes by, and engines are heard of, without anything being another. */
function withoutTime(overview: Overview): Overview {
  return { ...overview, atMs: 0, engines: overview.engines.map(engine => ({ ...engine, seenAtMs: 0 })) };
}
