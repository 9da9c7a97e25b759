import type { Command } from '../../../../shared/domain/command.ts';
import type { RolloutEvent } from '../../../../shared/domain/events.ts';
import type { Failure } from '../../../../shared/domain/failure.ts';
import { nodeKey } from '../../../../shared/domain/names.ts';
import type { NodeRecord } from '../../../../shared/domain/node-record.ts';
import type { Plan } from '../../../../shared/domain/plan.ts';
import { STEPS, type StepName } from '../../../../shared/domain/steps.ts';
import type { Advance, ClaimRequest, RolloutMeta, StepRef, StepReport } from '../../../../shared/ports/engine-store.ts';
import type { ModelStore } from '../world.ts';
import { claim } from './claim.ts';
import { command } from './command.ts';
import { isSettled, PureState } from './state.ts';
import { begin, report } from './steps.ts';

/**
 * What the store's scripts do, again, in memory: an oracle for them, and fast enough for very many rollouts. It holds one
 * rollout; its clock goes on by a millisecond at each call.
 */
export class PureStore implements ModelStore {
  #all: PureState | null = null;

  get #now(): PureState {
    if (!this.#all) throw new Error('there is no rollout');
    this.#all.nowMs += 1;
    return this.#all;
  }

  create = async (_id: string, plan: Plan, by: string, _takeOver: boolean) => {
    this.#all = new PureState(plan);
    this.#all.tell({ type: 'rollout-created', by, installation: 'pure' });
    return { ok: true } as const;
  };
  meta = async (): Promise<RolloutMeta> => ({ state: this.#now.state, installation: 'pure', takeOver: false });
  now = async (): Promise<number> => this.#now.nowMs;
  hasMark = async (_id: string, mark: string) => this.#now.marks.has(mark);
  openWave = async (_id: string, cluster: string) => this.#now.open.get(cluster) ?? null;
  pending = async (_id: string, cluster: string, wave: number) => [
    ...this.#now.set(this.#now.pending, `${cluster}/${wave}`),
  ];
  node = async (_id: string, cluster: string, node: string): Promise<NodeRecord | null> =>
    this.#now.nodes.get(nodeKey(cluster, node)) ?? null;
  nodes = async (_id: string, keys: readonly string[]) => keys.map(key => this.#now.nodes.get(key) ?? null);
  holdings = async () => Object.fromEntries(this.#now.holding);
  finished = async (_id: string, cluster: string, node: string, round: number): Promise<StepName[]> =>
    STEPS.filter(step => this.#now.results.has(`${nodeKey(cluster, node)}/${round}/${step}`));
  events = async (_id: string, after = ''): Promise<RolloutEvent[]> =>
    this.#now.journal.slice(Number.parseInt(after, 10) || 0);
  claim = async (_id: string, request: ClaimRequest) => claim(this.#now, request);
  begin = async (_id: string, ref: StepRef, attempt: number) => begin(this.#now, ref, attempt);
  report = async (_id: string, ref: StepRef, epoch: number, told: StepReport) => report(this.#now, ref, epoch, told);
  command = async (_id: string, what: Command, by: string, why: string) => ({
    ...command(this.#now, what, { by, why }),
    retry: [],
  });

  openSlots = async (_id: string, cluster: string, wave: number, prefix: string) => {
    const all = this.#now;
    const field = `${cluster}/${wave}`;
    if (all.open.get(cluster) !== wave) return { open: false, ids: [] };
    const live = all.set(all.slots, field);
    const bears = all.mayGiveBack(cluster, wave);
    let counted = [...live].filter(slot => !(bears && all.holdsFailed(slot))).length;
    let idle = [...live].filter(slot => !all.holding.has(slot)).length;
    while (counted < (all.concurrency.get(field) ?? 0) && idle < all.set(all.pending, field).size) {
      const number = (all.slotNumbers.get(field) ?? 0) + 1;
      all.slotNumbers.set(field, number);
      live.add(`${prefix}${number}`);
      counted += 1;
      idle += 1;
    }
    return { open: true, ids: [...live] };
  };

  stalled = async (_id: string, ref: StepRef, failure: Failure): Promise<boolean> => {
    const all = this.#now;
    const key = nodeKey(ref.cluster, ref.node);
    const node = all.nodes.get(key);
    const isOver = all.results.has(`${key}/${ref.round}/${ref.step}`);
    if (node?.round !== ref.round || node.state !== 'claimed' || isOver) return false;
    Object.assign(node, { state: 'failed', step: ref.step, reason: failure.message });
    all.failed.add(key);
    all.tell({ type: 'step-failed', ...ref, attempt: 0, failure });
    return true;
  };

  waiting = async (_id: string, place: { cluster: string; wave: number; slot: string }, reasons: readonly string[]) => {
    const { cluster, wave, slot } = place;
    if (reasons.length === 0) this.#now.stopWaiting(slot, cluster, wave);
    else this.#now.wait(slot, cluster, wave, reasons);
  };

  advance = async (_id: string, each: Advance): Promise<{ ok: boolean; first?: boolean; why?: string }> => {
    const all = this.#now;
    if (all.marks.has(each.mark)) return { ok: true, first: false };
    const why = notYet(all, each);
    if (why !== null) return { ok: false, why };
    const { cluster = '', wave = 0, kind } = each;
    if (kind === 'wave-open') {
      all.stopWaiting(`wave ${cluster}/${wave}`, cluster, wave);
      all.open.set(cluster, wave);
    }
    if (kind === 'wave-done') all.open.delete(cluster);
    const outcome = all.state === 'aborting' ? 'aborted' : 'done';
    if (kind === 'end') all.state = outcome;
    all.marks.add(each.mark);
    all.tell(kind === 'end' ? { type: 'rollout-ended', outcome } : each.event);
    if (kind === 'wave-done') all.pauseOnceStopped();
    return { ok: true, first: true };
  };
}

function notYet(all: PureState, { requires, kind, keys = [], cluster = '', wave = 0 }: Advance): string | null {
  const missing = requires.find(mark => !all.marks.has(mark));
  if (missing !== undefined) return `${missing} has not been`;
  const settles = kind === 'wave-done' || kind === 'end';
  const left = keys.find(key => {
    const node = all.nodes.get(key);
    return settles && node && !isSettled(node);
  });
  if (left !== undefined) return `${left} is ${all.nodes.get(left)?.state}`;
  if (kind !== 'wave-open' || (all.state !== 'stopping' && all.state !== 'paused')) return null;
  const why = all.state === 'paused' ? 'the rollout is paused' : 'the rollout stops: no further wave is opened';
  all.wait(`wave ${cluster}/${wave}`, cluster, wave, [why]);
  return why;
}
