import type { EngineStore } from '../../shared/ports/engine-store.ts';
import type { EngineProcess } from '../../shared/ports/store.ts';

const HEARTBEAT_MS = 3_000;

/** Says regularly that a process of the engine is alive; the returned function says that it goes. */
export async function announce(
  store: EngineStore,
  process: Omit<EngineProcess, 'seenAtMs'>,
): Promise<() => Promise<void>> {
  const beat = () => store.heartbeat({ ...process, seenAtMs: 0 });
  await beat();
  // A lost beat is made good by the next.
  const timer = setInterval(() => void beat().catch(() => {}), HEARTBEAT_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await store.goodbye(process.id).catch(() => {});
  };
}
