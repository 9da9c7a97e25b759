/** Timers of one cluster: scaled, unref'd, all cleared at the end. */
export interface Timers {
  /** Runs `work` after `ms` divided by the speed, or at once while instant. Returns the way to call it off. */
  after(ms: number, work: () => void): () => void;
  /** Runs `work` every `ms` divided by the speed (at least 50 ms). Returns the way to stop. */
  every(ms: number, work: () => void): () => void;
  /** Runs `work` once, when what runs now has ended. */
  soon(work: () => void): void;
  /** While true, nothing waits: a cluster is born with its pods running. */
  instant: boolean;
  /** Runs everything `soon` has collected, until there is nothing left. */
  flush(): void;
  close(): void;
}

/** Speed divides every time. */
export function createTimers(speed: number): Timers {
  const handles = new Set<NodeJS.Timeout>();
  let waiting: (() => void)[] = [];
  let immediate: NodeJS.Immediate | null = null;
  let open = true;

  const flush = () => {
    immediate = null;
    while (waiting.length > 0) {
      const works = waiting;
      waiting = [];
      for (const work of works) work();
    }
  };
  const soon = (work: () => void) => {
    if (!open) return;
    waiting.push(work);
    immediate ??= setImmediate(flush);
  };
  const timers: Timers = {
    instant: false,
    soon,
    flush,
    after(ms, work) {
      if (!open) return () => {};
      if (timers.instant) {
        soon(work);
        return () => {};
      }
      const handle = setTimeout(() => {
        handles.delete(handle);
        work();
      }, ms / speed).unref();
      handles.add(handle);
      return () => {
        clearTimeout(handle);
        handles.delete(handle);
      };
    },
    every(ms, work) {
      if (!open) return () => {};
      const handle = setInterval(work, Math.max(50, ms / speed)).unref();
      handles.add(handle);
      return () => {
        clearInterval(handle);
        handles.delete(handle);
      };
    },
    close() {
      open = false;
      waiting = [];
      if (immediate !== null) clearImmediate(immediate);
      for (const handle of handles) clearTimeout(handle);
      handles.clear();
    },
  };
  return timers;
}
