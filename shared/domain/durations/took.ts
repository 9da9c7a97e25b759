import type { RolloutEvent } from '../events.ts';
import type { RebootProof, UpgradeProof } from '../proof.ts';
import type { StepName } from '../steps.ts';
import type { StepTimes } from './times.ts';

/** What a round's events say of its times; null: it is not done, or nothing was done on the node. */
export interface Took {
  readonly atMs: number;
  readonly steps: StepTimes;
}

/**
 * How long the steps of a node's round took: from a step's first attempt to its end, with the pauses between attempts. What
 * it waited for others before it began, or until a person acted, does not count. `events`: those of the node, from its
 * claim in that round on; later ones change nothing.
 */
export function tookOf(events: readonly RolloutEvent[], round: number): Took | null {
  const took = new Map<StepName, number>();
  let since: number | null = null;
  let worked = false;
  for (const event of events) {
    if (event.type === 'node-done' && event.round === round) {
      return worked ? { atMs: event.atMs, steps: Object.fromEntries(took) } : null;
    }
    if (!('step' in event) || event.round !== round) continue;
    const isEnd = event.type === 'step-failed' || event.type === 'step-done';
    if (isEnd && since !== null) took.set(event.step, (took.get(event.step) ?? 0) + event.atMs - since);
    if (event.type === 'step-started') since ??= event.atMs;
    else if (isEnd || (event.type === 'step-waiting' && event.held)) since = null;
    if (event.type === 'step-done') worked ||= isWork(event.step, event.proof);
  }
  return null;
}

/** Nodes on which there was nothing to do would make all others look quick. */
function isWork(step: StepName, proof: unknown): boolean {
  if (step === 'reboot') return (proof as RebootProof | null)?.rebooted === true;
  if (step !== 'upgrade') return false;
  const { exitCode = null, changes = [] } = (proof ?? {}) as Partial<UpgradeProof>;
  return exitCode !== null || changes.length > 0;
}
