import type { EventType, RolloutEvent } from '../events.ts';
import { nodeKey } from '../names.ts';
import type { Amounts } from './amounts.ts';
import { type CountPlan, gatesOf } from './count-plan.ts';
import { stepWaitKinds, waitKinds } from './wait-reason.ts';
import { endWait, endWaits, type OpenWait, startWait } from './waits.ts';

/** What is changed by counting for how long things wait. */
export interface WaitCounting {
  readonly plan: CountPlan;
  readonly waits: Record<string, OpenWait>;
  readonly amounts: Amounts;
}

/** Whatever a node waited for is over with these. */
const NODE_GOES_ON: ReadonlySet<EventType> = new Set<EventType>([
  'node-claimed',
  'node-held-over',
  'step-started',
  'step-done',
  'step-skipped',
  'attempt-failed',
  'node-retried',
  'node-repaired',
  'node-skip-asked',
  'node-redo-asked',
  'node-done',
  'node-skipped',
  'node-excluded',
  'node-aborted',
]);

/** Counts an event that begins or ends a wait; others change nothing. */
export function countWait({ plan, waits, amounts }: WaitCounting, event: RolloutEvent): void {
  const ended = (wait: OpenWait | undefined): void => addWaited(amounts, wait, event.atMs);
  if (NODE_GOES_ON.has(event.type)) ended(endWait(waits, nodeWait(event)));
  switch (event.type) {
    case 'waiting': {
      const kinds = event.reasons.flatMap(reason => [...waitKinds(reason, gatesOf(plan, event.cluster), 'held-node')]);
      startWait(waits, slotWait(event), event.cluster, kinds, event.atMs, ended);
      break;
    }
    case 'waiting-over':
    case 'slot-released':
    case 'node-claimed':
      ended(endWait(waits, slotWait(event)));
      break;
    case 'wave-done':
      endWaits(waits, `slot ${event.cluster}/${event.wave}/`, ended);
      break;
    case 'rollout-ended':
      endWaits(waits, '', ended);
      break;
    case 'node-held':
    case 'step-failed': {
      const reason = event.type === 'node-held' ? 'held-node' : 'failed-node';
      startWait(waits, nodeWait(event), event.cluster, [{ reason, gate: '' }], event.atMs, ended);
      break;
    }
    case 'step-waiting': {
      const kinds = stepWaitKinds(event.step, event.reason, gatesOf(plan, event.cluster));
      startWait(waits, nodeWait(event), event.cluster, kinds, event.atMs, ended);
      break;
    }
    default:
      break;
  }
}

function nodeWait(event: RolloutEvent): string {
  const { cluster = '', node = '' } = event as { readonly cluster?: string; readonly node?: string };
  return `node ${nodeKey(cluster, node)}`;
}

function slotWait({ cluster, wave, slot }: { cluster: string; wave: number; slot: string }): string {
  return `slot ${cluster}/${wave}/${slot}`;
}

function addWaited(amounts: Amounts, wait: OpenWait | undefined, untilMs: number): void {
  for (const { reason, gate, sinceMs } of wait?.kinds ?? []) {
    const ms = Math.max(0, untilMs - sinceMs);
    amounts.add('nodetide_waiting_seconds_total', [wait?.cluster ?? '', reason, gate], ms);
  }
}
