import { SETTLED_STATES } from '../../shared/domain/events.ts';
import { splitNodeKey, stepJobId } from '../../shared/domain/names.ts';
import { STEPS } from '../../shared/domain/steps.ts';
import type { StepJob } from '../../shared/queue/names.ts';
import type { SchedulerDeps } from './deps.ts';

/** More chains than a slot ever waits for at once. */
const MOST_CHAINS = 10;

/**
 * A slot that has let go of its node, or holds one that is settled, waits only for what is left of a chain to run through.
 * A job of it that failed all the same (its worker died after the store had heard) would keep the slot for good: it runs
 * again, and finds that there is nothing to do.
 */
export async function mendLeftChains(deps: SchedulerDeps, rollout: string, slots: readonly string[]): Promise<void> {
  for (const slot of slots) {
    if (!(await isDone(deps, rollout, slot))) continue;
    const job = await deps.queues.job('slot', slot);
    if ((await job?.getState()) !== 'waiting-children') continue;
    const left = await job?.getDependencies({ unprocessed: { count: MOST_CHAINS } });
    for (const child of left?.unprocessed ?? []) {
      const chain = await deps.queues.job('uncordon', child.slice(child.lastIndexOf(':') + 1));
      if (chain) await runThrough(deps, chain.data as StepJob, slot);
    }
  }
}

async function isDone({ store }: SchedulerDeps, rollout: string, slot: string): Promise<boolean> {
  const key = await store.heldBy(rollout, slot);
  if (key === null) return true;
  const { cluster, node } = splitNodeKey(key);
  const record = await store.node(rollout, cluster, node);
  return record !== null && SETTLED_STATES.includes(record.state);
}

async function runThrough(deps: SchedulerDeps, data: StepJob, slot: string): Promise<void> {
  const { rollout, cluster, node, round } = data;
  for (const step of STEPS) {
    const job = await deps.queues.job(step, stepJobId(rollout, cluster, node, round, step));
    if (!(await job?.isFailed())) continue;
    if (!(await deps.queues.retryStep(rollout, cluster, node, round, step))) continue;
    const what = `the job of ${step} of round ${round} kept ${slot} waiting, and runs through`;
    await deps.store.tell(rollout, { type: 'mended', what, cluster, node });
  }
}
