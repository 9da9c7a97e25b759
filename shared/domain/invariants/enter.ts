import type { BudgetPlace } from '../command.ts';
import type { NodeState, RolloutEvent } from '../events.ts';
import { isSettled, type Ledger, type LedgerNode } from './ledger.ts';

/** Enters an event that has been checked. An event that breaks a rule is entered as far as it makes sense. */
export function enter(ledger: Ledger, event: RolloutEvent, node: LedgerNode | undefined): void {
  if (node) enterNode(ledger, node, event);
  else enterTree(ledger, event);
}

function enterTree(ledger: Ledger, event: RolloutEvent): void {
  switch (event.type) {
    case 'rollout-started':
      if (ledger.state === 'created') ledger.state = 'running';
      break;
    case 'rollout-paused':
      ledger.state = 'paused';
      break;
    case 'rollout-resumed':
      ledger.state = 'running';
      break;
    case 'rollout-stopping':
      ledger.state = 'stopping';
      break;
    case 'rollout-aborting':
      ledger.state = 'aborting';
      // From now on they are aborted instead.
      for (const node of ledger.nodes.values()) node.redo = false;
      break;
    case 'failure-budget-changed':
      enterBudget(ledger, event.place, event.budget);
      break;
    case 'rollout-ended':
      ledger.state = event.outcome;
      break;
    case 'wave-started':
    case 'wave-done':
    case 'concurrency-changed': {
      const wave = ledger.clusters.get(event.cluster)?.waves[event.wave];
      if (!wave) break;
      if (event.type === 'concurrency-changed') wave.concurrency = event.concurrency;
      else wave.state = event.type === 'wave-started' ? 'running' : 'done';
      break;
    }
    default:
      break;
  }
}

function enterBudget(ledger: Ledger, place: BudgetPlace, budget: number): void {
  if (place.of === 'rollout') ledger.failureBudget = budget;
  else {
    const cluster = ledger.clusters.get(place.cluster);
    const changed = place.of === 'wave' ? cluster?.waves[place.wave] : cluster;
    if (changed) changed.failureBudget = budget;
  }
}

function enterNode(ledger: Ledger, node: LedgerNode, event: RolloutEvent): void {
  switch (event.type) {
    case 'node-claimed':
      Object.assign(node, { state: 'claimed', round: event.round, slot: event.slot, running: null, begun: null });
      node.repaired = false;
      node.done.clear();
      node.wave.away.add(node.key);
      ledger.holding.set(event.slot, node.key);
      break;
    case 'node-retried':
      node.retryAsked = true;
      break;
    case 'node-repaired':
      Object.assign(node, { retryAsked: true, repaired: true });
      break;
    case 'node-skip-asked':
      Object.assign(node, { flagged: true, redo: false });
      break;
    case 'node-redo-asked':
      if (isSettled(node)) putBack(ledger, node);
      else Object.assign(node, { flagged: true, redo: true });
      break;
    case 'node-done':
    case 'node-skipped':
    case 'node-excluded':
    case 'node-aborted':
      settle(ledger, node, event.type.slice('node-'.length) as NodeState);
      break;
    case 'slot-released':
      node.slot = null;
      node.wave.away.delete(node.key);
      ledger.holding.delete(event.slot);
      if (node.redo) putBack(ledger, node);
      break;
    default:
      if ('step' in event) enterStep(ledger, node, event);
      break;
  }
}

function enterStep(ledger: Ledger, node: LedgerNode, event: Extract<RolloutEvent, { step: unknown }>): void {
  switch (event.type) {
    case 'step-started':
      Object.assign(node, { state: 'claimed', running: event.step, epoch: event.epoch, retryAsked: false });
      node.begun = event.step;
      break;
    case 'step-waiting':
      if (event.held) node.begun = null;
      break;
    case 'step-done':
      node.done.add(event.step);
      Object.assign(node, { running: null, begun: null });
      ledger.failed.delete(node.key);
      break;
    case 'step-skipped':
      if (node.repaired) node.done.add(event.step);
      break;
    case 'step-failed':
      Object.assign(node, { state: 'failed', running: null, begun: null, retryAsked: false });
      ledger.failed.add(node.key);
      break;
    default:
      break;
  }
}

function settle(ledger: Ledger, node: LedgerNode, state: NodeState): void {
  if (!isSettled(node)) node.wave.left -= 1;
  node.state = state;
  node.running = null;
  ledger.failed.delete(node.key);
}

/** It is to be done anew, in its next round. */
function putBack(ledger: Ledger, node: LedgerNode): void {
  if (isSettled(node)) node.wave.left += 1;
  Object.assign(node, { state: 'pending', running: null, begun: null, redo: false, flagged: false, retryAsked: false });
  ledger.failed.delete(node.key);
}
