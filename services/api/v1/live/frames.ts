import type { RolloutEvent } from '../../../../shared/domain/events.ts';
import type { RolloutReader } from '../../../../shared/ports/store.ts';
import type { Growth, Listener } from './growth.ts';

/** Events read at once: the most that is kept of a stream whose reader is slow. */
const PAGE = 100;
/** How soon a browser asks again after its connection was lost. */
const RETRY_MS = 2_000;
/** A comment: nothing to be told, but the connection lives. */
const HEARTBEAT = ':\n\n';

/** A stream of one reader. */
export interface StreamRequest {
  readonly rollout: string;
  /** Empty: from the beginning. */
  readonly after: string;
  /** Silence after which a comment is sent. */
  readonly heartbeatMs: number;
  readonly signal: AbortSignal;
}

/**
 * The journal as server-sent events, without end, until the signal aborts. Nothing is read before the reader has taken what
 * came before. Throws when the journal cannot be read.
 */
export async function* eventFrames(
  reader: Pick<RolloutReader, 'events'>,
  growth: Growth,
  { rollout, after, heartbeatMs, signal }: StreamRequest,
): AsyncGenerator<string> {
  let last = after;
  let listener: Listener | null = null;
  yield `retry: ${RETRY_MS}\n\n`;
  try {
    while (!signal.aborted) {
      const seen = listener?.version() ?? 0;
      const events = await reader.events(rollout, last, PAGE);
      last = events.at(-1)?.id ?? last;
      if (events.length > 0) yield events.map(frame).join('');
      else if (listener === null) listener = growth.listen(rollout, last);
      else if (!(await listener.grown(seen, heartbeatMs, signal)) && !signal.aborted) yield HEARTBEAT;
    }
  } finally {
    listener?.leave();
  }
}

/** No event name: a page hears all of them by `onmessage`. JSON holds no line break. */
function frame(event: RolloutEvent): string {
  return `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`;
}
