import type { Clock } from '../../../../shared/ports/clock.ts';

/** An answer of the guard holds for this long from the moment it was asked for. */
const WINDOW_MS = 100;

/**
 * A guard for many small acts: one question serves all acts that come while it is on its way and for {@link WINDOW_MS}
 * after it was asked. For evictions only: a budget is asked for each, and each names the UID it is meant for, so what
 * slips through after the claim was lost costs at most what a slow network costs anyway.
 */
export function guardWindow(guard: () => Promise<void>, clock: Clock): () => Promise<void> {
  let last: { readonly askedAtMs: number; readonly answer: Promise<void> } | null = null;
  return () => {
    const now = clock.now();
    // A clock that was set back makes an answer look fresh for ever.
    const isFresh = last !== null && now >= last.askedAtMs && now - last.askedAtMs < WINDOW_MS;
    if (!last || !isFresh) {
      last = { askedAtMs: now, answer: guard() };
      // Heard by whoever acts on it.
      last.answer.catch(() => undefined);
    }
    return last.answer;
  };
}
