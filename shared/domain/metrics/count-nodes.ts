import type { RolloutEvent } from '../events.ts';
import { nodeKey } from '../names.ts';
import { isOwnReboot } from '../proof.ts';
import type { Amounts } from './amounts.ts';

/** When a node was claimed, and when the attempt of its step began. */
export interface BegunNode {
  readonly claimedAtMs: number;
  readonly stepAtMs: number;
}

/** What is changed by counting what happens to nodes. */
export interface NodeCounting {
  /** By `cluster/node`. */
  readonly begun: Record<string, BegunNode>;
  readonly notDone: Set<string>;
  readonly amounts: Amounts;
}

const SETTLED = {
  'node-done': 'done',
  'node-skipped': 'skipped',
  'node-excluded': 'excluded',
  'node-aborted': 'aborted',
} as const;

/** Counts an event about a node; others change nothing. */
export function countNode(counting: NodeCounting, event: RolloutEvent): void {
  const { amounts, begun } = counting;
  switch (event.type) {
    case 'node-claimed':
      begun[nodeKey(event.cluster, event.node)] = { claimedAtMs: event.atMs, stepAtMs: event.atMs };
      break;
    case 'step-started': {
      const key = nodeKey(event.cluster, event.node);
      begun[key] = { claimedAtMs: begun[key]?.claimedAtMs ?? event.atMs, stepAtMs: event.atMs };
      break;
    }
    case 'step-done': {
      const { stepAtMs = event.atMs } = begun[nodeKey(event.cluster, event.node)] ?? {};
      amounts.observe('nodetide_step_duration_seconds', [event.cluster, event.step], event.atMs - stepAtMs);
      if (event.step === 'reboot' && isOwnReboot(event.proof)) amounts.add('nodetide_reboots_total', [event.cluster]);
      break;
    }
    case 'step-failed':
      amounts.add('nodetide_step_failures_total', [event.cluster, event.step, event.failure.code]);
      break;
    case 'attempt-failed':
      amounts.add('nodetide_attempt_failures_total', [event.cluster, event.step, event.failure.code]);
      break;
    case 'node-done':
    case 'node-skipped':
    case 'node-excluded':
    case 'node-aborted':
      settle(counting, event);
      break;
    default:
      break;
  }
}

function settle(
  { amounts, begun, notDone }: NodeCounting,
  event: Extract<RolloutEvent, { type: keyof typeof SETTLED }>,
): void {
  const key = nodeKey(event.cluster, event.node);
  const claimedAtMs = begun[key]?.claimedAtMs;
  delete begun[key];
  amounts.add('nodetide_nodes_settled_total', [event.cluster, SETTLED[event.type]]);
  if (event.type !== 'node-done') {
    notDone.add(key);
    return;
  }
  notDone.delete(key);
  if (claimedAtMs === undefined) return;
  amounts.observe('nodetide_node_duration_seconds', [event.cluster], event.atMs - claimedAtMs);
}
