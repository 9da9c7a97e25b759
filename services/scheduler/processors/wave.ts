import { type Job, WaitingChildrenError } from 'bullmq';
import { nodeKey } from '../../../shared/domain/names.ts';
import type { WaveJob } from '../../../shared/queue/names.ts';
import { ensureSlots } from '../../common/slots.ts';
import type { SchedulerDeps } from '../deps.ts';
import { lookAgainLater } from '../look-again.ts';
import { planCluster, planWave } from '../plan-parts.ts';

const SETTLE_RETRY_MS = 1_000;

/** The gate: as many slots as nodes may be away; done when every node of the wave is settled. */
export async function processWave(deps: SchedulerDeps, job: Job<WaveJob>, token?: string): Promise<void> {
  const { rollout, cluster: name, wave: index } = job.data;
  const wake = await deps.store.wake(rollout);
  const wave = planWave(await planCluster(deps.store, rollout, name), index);
  const opened = await deps.store.advance(rollout, {
    mark: `wave:${name}/${index}`,
    requires: index === 0 ? [`cluster:${name}`] : [`wave-done:${name}/${index - 1}`],
    kind: 'wave-open',
    event: { type: 'wave-started', cluster: name, wave: index },
    cluster: name,
    wave: index,
  });
  if (!opened.ok) return lookAgainLater(deps, job, token, rollout, wake, SETTLE_RETRY_MS);
  await ensureSlots(deps.store, deps.queues, job.data);
  if (await job.moveToWaitingChildren(token ?? '')) throw new WaitingChildrenError();
  const closed = await deps.store.advance(rollout, {
    mark: `wave-done:${name}/${index}`,
    requires: [`wave:${name}/${index}`],
    kind: 'wave-done',
    event: { type: 'wave-done', cluster: name, wave: index },
    cluster: name,
    wave: index,
    keys: wave.nodes.map(node => nodeKey(name, node.name)),
  });
  if (!closed.ok) return lookAgainLater(deps, job, token, rollout, wake, SETTLE_RETRY_MS);
}
