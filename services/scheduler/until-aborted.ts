import type { SchedulerDeps } from './deps.ts';

const LOOK_MS = 1_000;

/**
 * Does the work until the rollout is aborted: its signal is aborted within about a second then. null: it was cut off so.
 * Rejects as the work does.
 */
export async function untilAborted<T>(
  { store, signal }: Pick<SchedulerDeps, 'store' | 'signal'>,
  rollout: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const cut = new AbortController();
  const look = async (): Promise<void> => {
    if ((await store.meta(rollout))?.state === 'aborting') cut.abort(new Error('the rollout was aborted'));
  };
  // While Redis is away nobody can ask for anything: the next look tells.
  const timer = setInterval(() => void look().catch(() => {}), LOOK_MS);
  try {
    return await work(AbortSignal.any([signal, cut.signal]));
  } catch (error) {
    if (cut.signal.aborted && !signal.aborted) return null;
    throw error;
  } finally {
    clearInterval(timer);
  }
}
