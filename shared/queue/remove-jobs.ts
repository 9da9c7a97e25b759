import type { Queue } from 'bullmq';
import { clusterJobId, slotJobPrefix, stepJobId, waveJobId } from '../domain/names.ts';
import { STEPS } from '../domain/steps.ts';
import type { RolloutParts } from '../ports/retention.ts';
import type { QueueName } from './names.ts';

/** Removed at once: others wait no longer than for as many. */
const BATCH = 200;

interface JobRef {
  readonly queue: QueueName;
  readonly id: string;
}

/**
 * Removes all jobs of a rollout that has ended, with their logs; those that are gone already are passed over. Parents before
 * their children: a parent that still waited would be run when its last child goes. Returns how many stay because a worker
 * has them in hand.
 */
export async function removeJobs(
  queueOf: (name: QueueName) => Queue,
  rollout: string,
  parts: RolloutParts,
  signal: AbortSignal,
): Promise<number> {
  let left = 0;
  const jobs = jobsOf(rollout, parts);
  for (let from = 0; from < jobs.length; from += BATCH) {
    signal.throwIfAborted();
    const removed = await Promise.all(
      jobs.slice(from, from + BATCH).map(({ queue, id }) => queueOf(queue).remove(id, { removeChildren: false })),
    );
    left += removed.filter(each => each === 0).length;
  }
  return left;
}

/** Every job the rollout may have, level by level from the root. */
function jobsOf(rollout: string, { clusters, waves, nodes }: RolloutParts): JobRef[] {
  const slots = waves.flatMap(({ cluster, wave, slots: count }) =>
    Array.from({ length: count }, (_, at) => `${slotJobPrefix(rollout, cluster, wave)}${at + 1}`),
  );
  return [
    { queue: 'rollout', id: rollout },
    ...clusters.map((cluster): JobRef => ({ queue: 'cluster', id: clusterJobId(rollout, cluster) })),
    ...waves.map(({ cluster, wave }): JobRef => ({ queue: 'wave', id: waveJobId(rollout, cluster, wave) })),
    ...slots.map((id): JobRef => ({ queue: 'slot', id })),
    ...STEPS.toReversed().flatMap(step =>
      nodes.flatMap(({ cluster, node, rounds }) =>
        Array.from({ length: rounds }, (_, at): JobRef => {
          return { queue: step, id: stepJobId(rollout, cluster, node, at + 1, step) };
        }),
      ),
    ),
  ];
}
