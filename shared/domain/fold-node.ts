import { escalationText } from './drain/escalation.ts';
import { type RolloutEvent, SETTLED_STATES } from './events.ts';
import type { DraftNode } from './fold.ts';
import { hookWarning } from './hooks/warning.ts';
import { STEPS } from './steps.ts';

/** Takes one event about a node into its status. */
export function foldNodeEvent(node: DraftNode, event: RolloutEvent): void {
  switch (event.type) {
    case 'node-claimed':
      startRound(node, event);
      break;
    case 'step-started':
    case 'step-waiting':
    case 'drain-escalated':
    case 'step-done':
    case 'step-skipped':
    case 'attempt-failed':
    case 'step-failed':
      foldStep(node, event);
      break;
    case 'node-held':
    case 'node-held-over':
      node.reason = event.type === 'node-held' ? event.reason : '';
      break;
    case 'node-retried':
    case 'node-repaired':
    case 'node-skip-asked':
    case 'node-redo-asked':
      foldAsked(node, event);
      break;
    case 'node-done':
    case 'node-skipped':
    case 'node-excluded':
    case 'node-aborted':
      settle(node, event);
      break;
    case 'hook-failed':
      node.warnings = [...node.warnings, hookWarning(event)];
      break;
    case 'slot-released':
      release(node);
      break;
    default:
      break;
  }
}

type Asked = Extract<RolloutEvent, { type: 'node-retried' | 'node-repaired' | 'node-skip-asked' | 'node-redo-asked' }>;

function foldAsked(node: DraftNode, { type, by }: Asked): void {
  if (type === 'node-redo-asked' && SETTLED_STATES.includes(node.state)) return putBack(node);
  node.asked = true;
  if (type === 'node-skip-asked') Object.assign(node, { redo: false, reason: `skip asked by ${by}` });
  if (type === 'node-redo-asked') Object.assign(node, { redo: true, reason: `to be done anew, asked by ${by}` });
}

function release(node: DraftNode): void {
  node.slot = null;
  if (node.redo) putBack(node);
}

/** It waits for its turn as at the beginning. What its steps did stays to be seen until it is taken. */
function putBack(node: DraftNode): void {
  Object.assign(node, {
    state: 'pending',
    step: null,
    reason: '',
    left: null,
    endedAtMs: null,
    asked: false,
    redo: false,
  });
}

const SETTLED = {
  'node-done': 'done',
  'node-skipped': 'skipped',
  'node-excluded': 'excluded',
  'node-aborted': 'aborted',
} as const;

function settle(node: DraftNode, event: Extract<RolloutEvent, { type: keyof typeof SETTLED }>): void {
  const reason = event.type === 'node-done' ? '' : event.reason;
  Object.assign(node, { state: SETTLED[event.type], endedAtMs: event.atMs, reason });
}

function startRound(node: DraftNode, event: Extract<RolloutEvent, { type: 'node-claimed' }>): void {
  Object.assign(node, {
    state: 'claimed',
    round: event.round,
    slot: event.slot,
    step: null,
    claimedAtMs: event.atMs,
    endedAtMs: null,
    left: null,
    warnings: [],
    reason: event.adopted ? 'adopted: our mark was on it' : '',
  });
  for (const step of STEPS) {
    Object.assign(node.steps[step], { state: 'waiting', attempt: 0, startedAtMs: null, endedAtMs: null, note: '' });
    Object.assign(node.steps[step], { failure: null, proof: null, retryAtMs: null, account: [] });
  }
}

type StepEvent = Extract<
  RolloutEvent,
  {
    type:
      | 'step-started'
      | 'step-waiting'
      | 'drain-escalated'
      | 'step-done'
      | 'step-skipped'
      | 'attempt-failed'
      | 'step-failed';
  }
>;

function foldStep(node: DraftNode, event: StepEvent): void {
  // Steps that are left out for a node that was repaired say nothing about how it goes on.
  if (event.type !== 'step-skipped' || !node.asked) {
    node.step = event.step;
    node.asked = false;
  }
  const step = node.steps[event.step];
  switch (event.type) {
    case 'step-started':
      Object.assign(node, { state: 'claimed', reason: '' });
      Object.assign(step, { state: 'running', attempt: event.attempt, endedAtMs: null, note: '' });
      Object.assign(step, { failure: null, retryAtMs: null, account: [], startedAtMs: step.startedAtMs ?? event.atMs });
      break;
    case 'step-waiting':
      step.note = event.reason;
      step.account = event.account ?? [];
      node.reason = event.reason;
      break;
    case 'drain-escalated':
      step.note = escalationText(event);
      node.reason = step.note;
      break;
    case 'step-done':
      Object.assign(step, { state: 'done', endedAtMs: event.atMs, note: event.note, proof: event.proof });
      Object.assign(step, { failure: null, retryAtMs: null, account: [] });
      node.reason = '';
      break;
    case 'step-skipped':
      Object.assign(step, { state: 'skipped', endedAtMs: event.atMs, note: event.reason, account: [] });
      Object.assign(step, { failure: null, retryAtMs: null });
      node.left = event.left ?? null;
      break;
    case 'attempt-failed':
    case 'step-failed':
      foldFailure(node, event);
      break;
  }
}

function foldFailure(node: DraftNode, event: Extract<StepEvent, { failure: unknown }>): void {
  const step = node.steps[event.step];
  const { failure, attempt } = event;
  Object.assign(step, { failure, attempt, note: failure.message, account: failure.account ?? [] });
  node.reason = failure.message;
  if (event.type === 'attempt-failed') step.retryAtMs = event.atMs + event.retryInMs;
  else {
    Object.assign(step, { state: 'failed', endedAtMs: event.atMs, retryAtMs: null });
    node.state = 'failed';
  }
}
