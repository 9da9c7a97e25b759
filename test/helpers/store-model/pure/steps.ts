import { nodeKey } from '../../../../shared/domain/names.ts';
import { predecessorOf } from '../../../../shared/domain/steps.ts';
import { reportEvent } from '../../../../shared/journal/report-event.ts';
import type { BeginAnswer, ReportAnswer, StepRef, StepReport } from '../../../../shared/ports/engine-store.ts';
import { isSettled, type MutableNode, type PureState } from './state.ts';

/** The begin script. */
export function begin(all: PureState, ref: StepRef, attempt: number): BeginAnswer {
  const key = nodeKey(ref.cluster, ref.node);
  const node = all.nodes.get(key);
  if (!node) return { kind: 'superseded', reason: 'the rollout is gone' };
  return mayNotBegin(all, key, node, ref) ?? hold(all, key, node, ref) ?? go(all, node, ref, attempt);
}

function mayNotBegin(all: PureState, key: string, node: MutableNode, ref: StepRef): BeginAnswer | null {
  const { round, step } = ref;
  if (round < node.round) return { kind: 'skip', reason: `round ${node.round} has begun` };
  if (round > node.round) return { kind: 'superseded', reason: `it is round ${node.round}` };
  if (all.results.has(`${key}/${round}/${step}`)) return { kind: 'already' };
  if (isSettled(node)) return { kind: 'skip', reason: `the node is ${node.state}` };
  if (node.state === 'pending') {
    if (node.round > 0) return { kind: 'skip', reason: 'the node is done anew' };
    return { kind: 'superseded', reason: 'the node is not claimed' };
  }
  const previous = predecessorOf(step);
  if (previous && !all.results.has(`${key}/${round}/${previous}`)) return { kind: 'predecessor-missing', previous };
  if (node.state === 'failed' && node.flag === '' && !node.retryAsked) return { kind: 'failed', reason: node.reason };
  return null;
}

function hold(all: PureState, key: string, node: MutableNode, ref: StepRef): BeginAnswer | null {
  if (node.flag !== '') return null;
  const reason = slotMissing(all, node, ref) ?? heldByBudget(all, key, node, ref);
  if (reason === null) return null;
  if (node.reason !== reason) {
    Object.assign(node, { reason, attempt: 0 });
    all.tell({ type: 'step-waiting', ...ref, reason, held: true });
  }
  return { kind: 'hold', reason };
}

function slotMissing(all: PureState, node: MutableNode, { cluster }: StepRef): string | null {
  if (node.state !== 'failed' || !all.mayGiveBack(cluster, node.wave)) return null;
  const most = all.concurrency.get(`${cluster}/${node.wave}`) ?? 0;
  const beside = [...all.set(all.claimed, cluster)].map(name => all.nodes.get(nodeKey(cluster, name)));
  const busy = beside.filter(other => other?.wave === node.wave && other.state !== 'failed').length;
  return busy >= most ? `waits for a slot: ${busy} of ${most} nodes of the wave are away` : null;
}

function heldByBudget(all: PureState, key: string, node: MutableNode, { cluster, step }: StepRef): string | null {
  const begun = node.state === 'claimed' && node.step === step && node.attempt > 0;
  if (begun || (step !== 'upgrade' && step !== 'reboot')) return null;
  return all.budgetSpent(cluster, node.wave, key) === null ? null : `failure budget spent: held before ${step}`;
}

function go(all: PureState, node: MutableNode, ref: StepRef, attempt: number): BeginAnswer {
  const anew = node.state === 'failed' || node.step !== ref.step || node.attempt !== attempt;
  if (anew) Object.assign(node, { startedAtMs: all.nowMs, state: 'claimed', step: ref.step, attempt, reason: '' });
  const epoch = Math.max(node.epoch + 1, all.nowMs);
  Object.assign(node, { epoch, retryAsked: false });
  if (anew) all.tell({ type: 'step-started', ...ref, attempt, epoch });
  const { flag } = node;
  const none = { installation: '', elapsedMs: 0, waited: false, memory: null, hooks: null, proofs: {} };
  return { kind: 'go', epoch, flag, ...none };
}

/** The record script. */
export function report(all: PureState, ref: StepRef, epoch: number, told: StepReport): ReportAnswer {
  const key = nodeKey(ref.cluster, ref.node);
  const node = all.nodes.get(key);
  const isOurs = node?.round === ref.round && node.epoch === epoch && node.step === ref.step;
  if (!node || !isOurs || node.state !== 'claimed') return { ok: false, why: 'superseded' };
  const at = `${key}/${ref.round}/${ref.step}`;
  if (all.results.has(at)) return { ok: told.outcome === 'done', why: 'superseded' };
  const tell = () => {
    const event = reportEvent(ref, told);
    if (event) all.tell(event);
  };
  if (told.outcome === 'memory' || told.outcome === 'hooks') return keep(all, ref, node, told, tell);
  if (told.outcome === 'done' || told.outcome === 'skipped') return finish(all, key, node, ref, told, tell);
  const wasFlagged = node.flag !== '';
  if (wasFlagged && ['check', 'attempt-failed', 'failed'].includes(told.outcome)) return { ok: false, why: 'flagged' };
  return progress(all, key, node, ref, told, tell);
}

type Finish = Extract<StepReport, { outcome: 'done' | 'skipped' }>;
type Keep = Extract<StepReport, { outcome: 'memory' | 'hooks' }>;

function keep(all: PureState, ref: StepRef, node: MutableNode, told: Keep, tell: () => void): ReportAnswer {
  const of = told.outcome === 'hooks' ? 'hooks' : ref.step;
  const at = `${nodeKey(ref.cluster, ref.node)}/${ref.round}/${of}`;
  const text = JSON.stringify(told.outcome === 'hooks' ? told.kept : told.memory);
  if (told.told && all.memory.get(at) !== text) {
    if (told.outcome === 'memory') node.reason = '';
    tell();
  }
  all.memory.set(at, text);
  return { ok: true };
}

function finish(
  all: PureState,
  key: string,
  node: MutableNode,
  ref: StepRef,
  told: Finish,
  tell: () => void,
): ReportAnswer {
  const at = `${key}/${ref.round}/${ref.step}`;
  all.results.add(at);
  tell();
  if (told.outcome === 'skipped') {
    if (node.flag === 'redo') all.beginAnew(key, node);
    else all.settle(key, node, node.flag === 'abort' ? 'aborted' : 'skipped', told.reason);
    return { ok: true };
  }
  all.memory.delete(at);
  all.failed.delete(key);
  node.reason = '';
  if (ref.step !== 'uncordon') return { ok: true };
  node.state = 'done';
  all.tell({ type: 'node-done', cluster: ref.cluster, node: ref.node, round: ref.round });
  if (node.flag === 'redo') all.beginAnew(key, node);
  return { ok: true };
}

function progress(
  all: PureState,
  key: string,
  node: MutableNode,
  ref: StepRef,
  told: Exclude<StepReport, Finish | Keep>,
  tell: () => void,
): ReportAnswer {
  switch (told.outcome) {
    case 'check': {
      const mayHold = ref.step === 'upgrade' || ref.step === 'reboot';
      const spent = mayHold && all.budgetSpent(ref.cluster, node.wave, key) !== null;
      return spent ? { ok: false, why: 'held' } : { ok: true };
    }
    case 'waiting':
      if (node.reason !== told.reason) tell();
      node.reason = told.reason;
      break;
    case 'held':
      Object.assign(node, { reason: told.reason, attempt: 0 });
      tell();
      break;
    case 'attempt-failed':
      node.reason = told.failure.message;
      tell();
      break;
    case 'failing':
      all.failed.add(key);
      break;
    case 'failed':
      Object.assign(node, { state: 'failed', reason: told.failure.message });
      all.failed.add(key);
      tell();
  }
  return { ok: true };
}
