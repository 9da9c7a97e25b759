import type { Queues } from '../../shared/queue/queues.ts';

/**
 * Lets every waiting tree job of a rollout look again now. The change it shall see must already be in the store, with
 * the wake counter raised: a job that is just judging finds the counter changed and looks again by itself.
 */
export async function wakeTree(queues: Queues, rollout: string): Promise<void> {
  await queues.promoteTree(rollout);
}

/** The same for slots alone: all that a node's end or a slot given back can let go on. */
export async function wakeSlots(queues: Queues, rollout: string): Promise<void> {
  await queues.promoteTree(rollout, 0, ['slot']);
}
