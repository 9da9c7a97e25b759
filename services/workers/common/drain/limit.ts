/** Runs tasks, at most `most` at a time, in the order in which they came. */
export function limiter(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  const queue: (() => void)[] = [];
  return async task => {
    if (running >= most) await new Promise<void>(resolve => queue.push(resolve));
    else running++;
    try {
      return await task();
    } finally {
      // The place is handed on, or given back.
      const next = queue.shift();
      if (next) next();
      else running--;
    }
  };
}
