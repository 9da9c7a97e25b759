import type { EventType, RolloutEvent } from './events.ts';
import { checkPlaces, enterPlaces, openPlaces } from './invariants/approvals.ts';
import { checkClaimed, checkReleased } from './invariants/claims.ts';
import { enter } from './invariants/enter.ts';
import { type Ledger, type LedgerNode, openLedger } from './invariants/ledger.ts';
import type { Finding, Violation } from './invariants/rules.ts';
import { checkNodeEvent } from './invariants/steps.ts';
import { checkTree } from './invariants/tree.ts';
import { nodeKey } from './names.ts';
import type { Plan } from './plan.ts';

export { RULES, type Rule, type Violation } from './invariants/rules.ts';

/** Checks a rollout's events one after another. */
export interface InvariantCheck {
  /** What this event breaks; empty: nothing. Events about nodes the plan does not have are not judged. */
  apply(event: RolloutEvent): readonly Violation[];
  /** Keys of the nodes that count against the failure budget now. */
  failed(): readonly string[];
}

/** What may still happen to a rollout that has ended. */
const AFTER_THE_END: readonly EventType[] = ['slot-released', 'waiting', 'waiting-over', 'mended'];

/**
 * Begins a check of the rules over a rollout's journal. Pure, and linear in the events. Percentages of maxUnavailable
 * are of the cluster's size in the plan; what only the outside world shows (nodes not Ready, reboots) is not judged.
 */
export function startInvariants(plan: Plan): InvariantCheck {
  const ledger = openLedger(plan);
  const places = openPlaces(plan);
  return {
    apply: event => {
      const node = nodeOf(ledger, event);
      const findings = [...checkEnded(ledger, event), ...check(ledger, event, node), ...checkPlaces(places, event)];
      enter(ledger, event, node);
      enterPlaces(places, event);
      return findings.map(([rule, message]) => ({ rule, message, eventId: event.id }));
    },
    failed: () => [...ledger.failed],
  };
}

/** Everything a whole journal breaks. */
export function checkInvariants(plan: Plan, events: Iterable<RolloutEvent>): Violation[] {
  const check = startInvariants(plan);
  const found: Violation[] = [];
  for (const event of events) found.push(...check.apply(event));
  return found;
}

function nodeOf(ledger: Ledger, event: RolloutEvent): LedgerNode | undefined {
  if (!('node' in event) || event.node === undefined) return undefined;
  return ledger.nodes.get(nodeKey(event.cluster ?? '', event.node));
}

function checkEnded(ledger: Ledger, event: RolloutEvent): Finding[] {
  if (ledger.state !== 'done' && ledger.state !== 'aborted') return [];
  return AFTER_THE_END.includes(event.type) ? [] : [['ending', `${event.type} after the rollout was ${ledger.state}`]];
}

function check(ledger: Ledger, event: RolloutEvent, node: LedgerNode | undefined): Finding[] {
  if (!node) return checkTree(ledger, event);
  if (event.type === 'node-claimed') return checkClaimed(ledger, node, event);
  if (event.type === 'slot-released') return checkReleased(node, event);
  return checkNodeEvent(ledger, node, event);
}
