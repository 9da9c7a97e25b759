import type { Watcher } from './shared.ts';

/** How soon a browser asks again after its connection was lost. */
const RETRY_MS = 2_000;
/** A reader that hears nothing for longer has lost its connection. */
const TICK_MS = 5_000;

/** A server-sent event with a name. JSON holds no line break. */
export function sseFrame(event: string, json: string, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${json}\n\n`;
}

/** What a stream begins with. */
export const SSE_RETRY = `retry: ${RETRY_MS}\n\n`;

/** Tells when the next tick is due, `everyMs` after the one before. */
export class Ticks {
  readonly #now: () => Promise<number>;
  readonly #everyMs: number;
  #nextMs: number;

  /** `now`: the clock of the store, ms, which is what a tick tells: it shows that the store answers too. */
  constructor(now: () => Promise<number>, everyMs: number = TICK_MS) {
    this.#now = now;
    this.#everyMs = everyMs;
    this.#nextMs = performance.now() + everyMs;
  }

  /** Until the next one; 0: it is due. */
  leftMs(): number {
    return Math.max(0, this.#nextMs - performance.now());
  }

  async frame(): Promise<string> {
    this.#nextMs = performance.now() + this.#everyMs;
    return sseFrame('tick', JSON.stringify({ atMs: await this.#now() }));
  }
}

/** A stream of one reader of what many watch. */
export interface LiveStream<T> {
  /** Called when the reader begins to read: one who goes away before leaves nothing behind. */
  watch(): Watcher<T>;
  readonly ticks: Ticks;
  /** What tells of a value to a reader who was told `sent` last (null: nothing); empty: nothing is to be told. */
  frame(value: T, sent: T | null): string;
}

/**
 * What is made, as server-sent events, and ticks in between, without end, until the signal aborts. A reader who is slow is told
 * only of the last value each time: nothing is kept for it. Throws when nothing more will be made.
 */
export async function* liveFrames<T>(stream: LiveStream<T>, signal: AbortSignal): AsyncGenerator<string> {
  const { ticks } = stream;
  const watcher = stream.watch();
  let [seen, sent]: [number, T | null] = [0, null];
  try {
    yield SSE_RETRY;
    while (!signal.aborted) {
      const shown = watcher.latest();
      if (shown !== null && shown.version !== seen) {
        const frame = stream.frame(shown.value, sent);
        [seen, sent] = [shown.version, shown.value];
        if (frame !== '') yield frame;
      } else if (ticks.leftMs() === 0) yield await ticks.frame();
      else await watcher.changed(seen, ticks.leftMs(), signal);
    }
  } finally {
    watcher.leave();
  }
}
