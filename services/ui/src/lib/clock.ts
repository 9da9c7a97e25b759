import { signal } from '@preact/signals';

/** How far the server's clock is ahead of this machine's, ms: all times shown come from the server. */
let aheadMs = 0;

/** The server's clock, ms since the epoch; moves on every second while the page can be seen. */
export const now = signal(Date.now());

/** Takes in what the server says the time is. */
export function setServerTime(atMs: number): void {
  const ahead = atMs - Date.now();
  // Delays on the way only make it earlier: small differences are no news.
  if (Math.abs(ahead - aheadMs) <= 500) return;
  aheadMs = ahead;
  now.value = Date.now() + aheadMs;
}

setInterval(() => {
  if (!document.hidden) now.value = Date.now() + aheadMs;
}, 1_000);
document.addEventListener('visibilitychange', () => {
  now.value = Date.now() + aheadMs;
});
