import { type Job, WaitingChildrenError } from 'bullmq';
import { SETTLED_STATES } from '../../../shared/domain/events.ts';
import { nodeKey } from '../../../shared/domain/names.ts';
import type { WaveJob } from '../../../shared/queue/names.ts';
import { ensureSlots } from '../../common/slots.ts';
import type { SchedulerDeps } from '../deps.ts';
import { lookAgainLater } from '../look-again.ts';
import { awaitPlace, soakAdvance } from '../places.ts';
import { planCluster, planWave, waveAhead } from '../plan-parts.ts';
import { treeHooks } from '../tree-hooks.ts';

const SETTLE_RETRY_MS = 1_000;

/** The gate: as many slots as nodes may be away; done when every node of the wave is settled. */
export async function processWave(deps: SchedulerDeps, job: Job<WaveJob>, token?: string): Promise<void> {
  const { rollout, cluster: name, wave: index } = job.data;
  const wake = await deps.store.wake(rollout);
  const cluster = await planCluster(deps.store, rollout, name);
  const wave = planWave(cluster, index);
  const ahead = waveAhead(cluster, wave);
  const later = (afterMs: number) => lookAgainLater(deps, job, token, rollout, wake, afterMs);
  if (!(await deps.store.hasMark(rollout, `wave:${name}/${index}`))) {
    const wait = (await awaitPlace(deps, rollout, ahead)) ?? (await treeHooks(deps, job, { cluster, wave }, 'before'));
    if (wait !== null) return later(wait);
  }
  const opened = await deps.store.advance(rollout, {
    mark: `wave:${name}/${index}`,
    requires: index === 0 ? [`cluster:${name}`] : [`wave-done:${name}/${index - 1}`],
    kind: 'wave-open',
    event: { type: 'wave-started', cluster: name, wave: index },
    cluster: name,
    wave: index,
    ...soakAdvance(ahead),
  });
  if (!opened.ok) return later(SETTLE_RETRY_MS);
  await ensureSlots(deps.store, deps.queues, job.data);
  if (await job.moveToWaitingChildren(token ?? '')) throw new WaitingChildrenError();
  const keys = wave.nodes.map(node => nodeKey(name, node.name));
  if (!(await deps.store.hasMark(rollout, `wave-done:${name}/${index}`)) && (await allSettled(deps, rollout, keys))) {
    const wait = await treeHooks(deps, job, { cluster, wave }, 'after');
    if (wait !== null) return later(wait);
  }
  const closed = await deps.store.advance(rollout, {
    mark: `wave-done:${name}/${index}`,
    requires: [`wave:${name}/${index}`],
    kind: 'wave-done',
    event: { type: 'wave-done', cluster: name, wave: index },
    cluster: name,
    wave: index,
    keys,
  });
  if (!closed.ok) return later(SETTLE_RETRY_MS);
}

async function allSettled({ store }: SchedulerDeps, rollout: string, keys: readonly string[]): Promise<boolean> {
  const records = await store.nodes(rollout, keys);
  return records.every(record => record === null || SETTLED_STATES.includes(record.state));
}
