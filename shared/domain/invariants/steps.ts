import type { EventType, RolloutEvent } from '../events.ts';
import { STEPS } from '../steps.ts';
import { budgetSpent, busyIn, givesBack, isSettled, type Ledger, type LedgerNode, missingBefore } from './ledger.ts';
import type { Finding } from './rules.ts';

/** An event of a step or the end of a node, against the ledger before it. */
export function checkNodeEvent(ledger: Ledger, node: LedgerNode, event: RolloutEvent): Finding[] {
  if ('step' in event) return checkStep(ledger, node, event);
  switch (event.type) {
    case 'node-done':
      return checkDone(node, event.round);
    case 'node-skipped':
    case 'node-excluded':
    case 'node-aborted':
      return [
        ...staysSettled(node, event.type),
        ...(event.reason === '' ? [['settled', `${node.key}: ${event.type} without a reason`] as const] : []),
      ];
    case 'node-retried':
    case 'node-repaired':
      return node.state === 'failed' ? [] : [['settled', `${node.key}: ${event.type} although it is ${node.state}`]];
    case 'node-redo-asked':
      return checkRedo(node);
    case 'node-held':
      return node.state === 'pending' ? [] : [['settled', `${node.key} is held although it is ${node.state}`]];
    case 'node-skip-asked':
      return staysSettled(node, event.type);
    default:
      return [];
  }
}

function staysSettled(node: LedgerNode, what: string): Finding[] {
  return isSettled(node) ? [['settled', `${node.key}: ${what} although it is ${node.state}`]] : [];
}

function checkRedo(node: LedgerNode): Finding[] {
  const found: Finding[] = [];
  if (node.state === 'pending' || node.state === 'aborted') {
    found.push(['settled', `${node.key} is to be done anew although it is ${node.state}`]);
  }
  if (node.wave.state !== 'running') {
    found.push(['wave-order', `${node.key} is to be done anew although its wave is ${node.wave.state}`]);
  }
  return found;
}

function checkDone(node: LedgerNode, round: number): Finding[] {
  const found = staysSettled(node, 'node-done');
  const missing = STEPS.filter(step => !node.done.has(step));
  if (missing.length > 0) found.push(['settled', `${node.key} is done without ${missing.join(', ')}`]);
  if (round !== node.round) found.push(['settled', `${node.key} is done in round ${round}, not ${node.round}`]);
  return found;
}

type StepEvent = Extract<RolloutEvent, { step: unknown }>;

/** Only who has begun the step tells these. */
const OF_THE_BEGUN: readonly EventType[] = ['step-done', 'attempt-failed', 'step-skipped', 'drain-escalated'];

function checkStep(ledger: Ledger, node: LedgerNode, event: StepEvent): Finding[] {
  const { step, type } = event;
  const what = `${type} of ${node.key} ${step}`;
  if (isSettled(node)) return [['settled', `${what} although the node is ${node.state}`]];
  if (node.state === 'pending' || event.round !== node.round) {
    return [['step-order', `${what} in round ${event.round}, the node is ${node.state} in round ${node.round}`]];
  }
  const found: Finding[] = [];
  const missing = missingBefore(node, step);
  if (missing.length > 0) found.push(['step-order', `${what} without a success of ${missing.join(', ')}`]);
  if (node.done.has(step)) found.push(['step-once', `${what} after its success`]);
  const leftOut =
    type === 'step-skipped' && node.repaired && node.state === 'failed' && step !== 'verify' && step !== 'uncordon';
  if (OF_THE_BEGUN.includes(type) && node.running !== step && !leftOut) {
    found.push(['step-once', `${what} while ${node.running ?? 'nothing'} runs`]);
  }
  if (type === 'step-started') found.push(...checkBegin(ledger, node, event));
  return found;
}

function checkBegin(ledger: Ledger, node: LedgerNode, event: Extract<StepEvent, { type: 'step-started' }>): Finding[] {
  const found: Finding[] = [];
  if (event.epoch <= node.epoch) found.push(['epochs', `${node.key} goes from epoch ${node.epoch} to ${event.epoch}`]);
  const changes = event.step === 'upgrade' || event.step === 'reboot';
  // A node somebody asked to skip or abort only runs through; a step that has begun is held by its own guard.
  const mayGoOn = node.flagged || ledger.state === 'aborting' || node.begun === event.step;
  if (changes && !mayGoOn && budgetSpent(ledger, node.wave, node.key)) {
    found.push(['budget', `${node.key} begins ${event.step} although ${[...ledger.failed].join(', ')} failed`]);
  }
  const { wave } = node;
  const isTriedAgain = node.state === 'failed' && !node.flagged && ledger.state !== 'aborting';
  if (isTriedAgain && givesBack(ledger, wave) && busyIn(ledger, wave) >= wave.concurrency) {
    found.push(['concurrency', `${node.key} is tried again beside ${busyIn(ledger, wave)} of ${wave.concurrency}`]);
  }
  return found;
}
