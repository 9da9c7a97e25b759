import type { RolloutEvent } from '../events.ts';
import type { UpgradeProof } from '../proof.ts';

/** When a rollout was done with a node, and when it had verified it after an upgrade; null: it upgraded nothing. */
export interface NodeDone {
  readonly atMs: number;
  readonly patchedAtMs: number | null;
}

/**
 * What a round's events say of it; null: it is not done. An upgrade that found nothing newer counts too: the node is as new
 * as can be. `events`: those of the node, from its claim in that round on.
 */
export function nodeDoneOf(events: readonly RolloutEvent[], round: number): NodeDone | null {
  let upgraded = false;
  let patchedAtMs: number | null = null;
  for (const event of events) {
    if (!('round' in event) || event.round !== round) continue;
    if (event.type === 'node-done') return { atMs: event.atMs, patchedAtMs };
    if (event.type !== 'step-done') continue;
    if (event.step === 'upgrade') upgraded = (event.proof as UpgradeProof | null)?.manager !== 'none';
    if (event.step === 'verify' && upgraded) patchedAtMs = event.atMs;
  }
  return null;
}
