import type { AttachmentView } from '../../../../shared/domain/facts.ts';
import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { Clock } from '../../../../shared/ports/clock.ts';
import type { ClusterApi } from '../../../../shared/ports/cluster.ts';
import { type StayingVolumes, stayingVolumes } from './staying.ts';

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
 * Waits until no VolumeAttachment is left on the node but those of pods that stay there: a reboot under an attached
 * volume keeps its pods from starting elsewhere for minutes. Returns the names of those left when the visit ended before.
 */
export async function waitForVolumes(wait: VolumeWait): Promise<string[]> {
  const { cluster, node, clock, signal } = wait;
  let staying: StayingVolumes | null = null;
  for (let delayMs = POLL_MIN_MS; ; delayMs = Math.min(delayMs * 2, POLL_MAX_MS)) {
    const attached = await cluster.listVolumeAttachments(node, signal);
    if (attached.length === 0) return [];
    staying ??= await stayingVolumes(cluster, node, signal);
    const left = leftOf(attached, staying);
    if (left.length === 0) return [];
    const now = clock.now();
    if (now >= wait.deadlineMs) {
      throw fail('drain-volumes-attached', {
        message: `volumes are still attached to ${node} after its pods are gone`,
        seen: [left.join(', '), ...staying.unread].join('\n'),
        leftAs: 'cordoned and empty',
      });
    }
    if (now >= wait.untilMs) return left;
    await clock.sleep(Math.max(1, Math.min(delayMs, wait.untilMs - now, wait.deadlineMs - now)), signal);
  }
}

function leftOf(attached: readonly AttachmentView[], staying: StayingVolumes): string[] {
  const goes = ({ volume }: AttachmentView): boolean => volume === null || !staying.volumes.has(volume);
  return attached.filter(goes).map(each => each.name);
}
