import { follow, type Live, type LiveHandlers } from './live.ts';

/** The last of what is told may come this much after the word that it is over. */
const QUIET_MS = 8_000;
const LOOK_MS = 1_000;

/**
 * Follows a stream to its end: once `isOver` and nothing but ticks has come for 8 s over a living connection, that is given
 * back, and `onEnd` told. Its state stays as it was then: what is shown is all there is.
 */
export function followToEnd(path: string, handlers: LiveHandlers, isOver: () => boolean, onEnd: () => void): Live {
  let quietSinceMs = Date.now();
  const heard = Object.entries(handlers).map(([event, handle]) => {
    const take = (data: unknown): void => {
      quietSinceMs = Date.now();
      handle(data);
    };
    return [event, take] as const;
  });
  const live = follow(path, Object.fromEntries(heard));
  const stop = (): void => {
    clearInterval(timer);
    live.stop();
  };
  const timer = setInterval(() => {
    if (!isOver() || live.state.peek().kind !== 'live') quietSinceMs = Date.now();
    else if (Date.now() - quietSinceMs >= QUIET_MS) {
      stop();
      onEnd();
    }
  }, LOOK_MS);
  return { state: live.state, stop };
}
