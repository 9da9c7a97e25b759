/** Does something every `everyMs` while the page is seen, and when it is seen again; the way to end it. */
export function everySeen(everyMs: number, work: () => void): () => void {
  const look = (): void => {
    if (!document.hidden) work();
  };
  const timer = setInterval(look, everyMs);
  document.addEventListener('visibilitychange', look);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', look);
  };
}
