import { slotJobPrefix, waveJobId } from '../../shared/domain/names.ts';
import type { EngineStore } from '../../shared/ports/engine-store.ts';
import type { WaveJob } from '../../shared/queue/names.ts';
import type { Queues } from '../../shared/queue/queues.ts';

/** Registers as many slots as the wave's concurrency asks for, and adds the jobs of those that have none. */
export async function ensureSlots(store: EngineStore, queues: Queues, data: WaveJob): Promise<void> {
  const { rollout, cluster, wave } = data;
  const id = waveJobId(rollout, cluster, wave);
  const prefix = slotJobPrefix(rollout, cluster, wave);
  const { ids } = await store.openSlots(rollout, cluster, wave, prefix);
  for (const slot of ids) {
    const name = `${cluster} wave ${wave + 1} slot ${slot.slice(prefix.length)}`;
    await queues.addTreeJob('slot', slot, name, { rollout, cluster, wave, slot }, { queue: 'wave', id });
  }
}
