import type { CompleteOptions } from './options.ts';

/** Looks at the free space of the data folder now and then, and says when it becomes too little or enough again. */
export interface SpaceWatch {
  /** Looks now. A disk that cannot be asked counts as roomy. */
  enough(waiting: boolean): Promise<boolean>;
  stop(): void;
}

/** Starts the watch; its timer does not keep the program alive. */
export function watchSpace(options: CompleteOptions): SpaceWatch {
  const { dir, minFreeBytes, freeBytes, onEvent } = options;
  let low = false;
  let saidWaiting = false;
  const enough = async (waiting: boolean) => {
    const free = await freeBytes(dir).catch(() => Number.POSITIVE_INFINITY);
    const nowLow = free < minFreeBytes;
    const news = nowLow !== low || (nowLow && waiting && !saidWaiting);
    low = nowLow;
    saidWaiting = nowLow && (waiting || saidWaiting);
    if (news && nowLow) onEvent({ kind: 'disk-low', freeBytes: free, neededBytes: minFreeBytes, waiting });
    if (news && !nowLow) onEvent({ kind: 'disk-well', freeBytes: free });
    return !nowLow;
  };
  const timer = setInterval(() => void enough(false), options.diskIntervalMs);
  timer.unref();
  return { enough, stop: () => clearInterval(timer) };
}
