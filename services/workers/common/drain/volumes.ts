import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { Clock } from '../../../../shared/ports/clock.ts';
import type { ClusterApi } from '../../../../shared/ports/cluster.ts';

/** How to wait for a node's volumes. */
export interface VolumeWait {
  readonly cluster: ClusterApi;
  readonly node: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** When this visit ends. */
  readonly untilMs: number;
  /** When the patience ends: StepError `drain-volumes-attached`. */
  readonly deadlineMs: number;
}

const POLL_MIN_MS = 250;
const POLL_MAX_MS = 3_000;

/**
 * Waits until no VolumeAttachment is left on the node: a reboot under an attached volume keeps its pods from starting
 * elsewhere for minutes. Returns the names of those left when the visit ended before.
 */
export async function waitForVolumes(wait: VolumeWait): Promise<string[]> {
  for (let delayMs = POLL_MIN_MS; ; delayMs = Math.min(delayMs * 2, POLL_MAX_MS)) {
    const left = await wait.cluster.listVolumeAttachments(wait.node, wait.signal);
    if (left.length === 0) return [];
    const now = wait.clock.now();
    if (now >= wait.deadlineMs) {
      throw fail('drain-volumes-attached', {
        message: `volumes are still attached to ${wait.node} after its pods are gone`,
        seen: left.join(', '),
        leftAs: 'cordoned and empty',
      });
    }
    if (now >= wait.untilMs) return left;
    await wait.clock.sleep(Math.max(1, Math.min(delayMs, wait.untilMs - now, wait.deadlineMs - now)), wait.signal);
  }
}
