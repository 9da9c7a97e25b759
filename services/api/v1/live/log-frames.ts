import { setTimeout as sleep } from 'node:timers/promises';
import { SSE_RETRY, sseFrame, type Ticks } from './sse.ts';

/** Nothing tells when a step prints: it is asked for. */
const LOOK_MS = 500;

/** What one reader follows. */
export interface LogStream {
  /** The rows from a row on; empty: nothing yet. */
  readonly rows: (from: number) => Promise<readonly string[]>;
  /** The row to begin with. */
  readonly from: number;
  readonly ticks: Ticks;
  readonly signal: AbortSignal;
}

/**
 * What a step prints as server-sent events whose id is the next row, and ticks in between, until the signal aborts. The first tells
 * what there is, nothing too: a reader knows at once where it stands.
 */
export async function* logFrames({ rows, from, ticks, signal }: LogStream): AsyncGenerator<string> {
  let next = from;
  let isFirst = true;
  yield SSE_RETRY;
  while (!signal.aborted) {
    const found = await rows(next);
    next += found.length;
    if (found.length > 0 || isFirst) {
      isFirst = false;
      yield sseFrame('rows', JSON.stringify({ rows: found, next }), String(next));
    } else if (ticks.leftMs() === 0) yield await ticks.frame();
    else await sleep(Math.min(LOOK_MS, ticks.leftMs()), undefined, { signal }).catch(() => undefined);
  }
}
