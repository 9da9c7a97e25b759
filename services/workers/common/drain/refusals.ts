import type { DrainEscalation, RefusedPod } from '../../../../shared/domain/events.ts';
import type { PodView } from '../../../../shared/domain/facts.ts';
import { matchesLabels, parseLabelSelector } from '../../../../shared/domain/label-selector.ts';
import type { DrainPolicy } from '../../../../shared/domain/policy.ts';
import type { EvictionAnswer } from '../../../../shared/ports/cluster.ts';
import { podName } from './judge.ts';

/** Since when budgets have refused a pod, and what came of it. Kept over visits and attempts. */
export interface Refusal {
  readonly pod: string;
  readonly budgets: readonly string[];
  readonly sinceMs: number;
  /** When it was refused last. */
  readonly lastMs: number;
  /** The furthest that was told of it. */
  readonly told: DrainEscalation['act'] | null;
}

/** By the pod's UID. */
export type Refusals = Readonly<Record<string, Refusal>>;

type EscalationPolicy = Pick<DrainPolicy, 'notifyAfterMs' | 'deleteRefusedAfterMs' | 'deleteRefusedSelector'>;

/** Over a longer pause nobody knows what the budgets would have said: the time is counted anew. */
const LONGEST_PAUSE_MS = 120_000;

/**
 * Keeps how long budgets have refused the pods of one drain, and says when its policy goes further: never for a pod that
 * was not refused in this very visit too. One object for one visit.
 */
export class RefusalBook {
  readonly #policy: EscalationPolicy;
  readonly #entries: Map<string, Refusal>;
  /** UIDs of the pods refused in this visit. */
  readonly #heard = new Set<string>();
  readonly #deletable: (pod: PodView) => boolean;

  constructor(policy: EscalationPolicy, before: Refusals) {
    this.#policy = policy;
    this.#entries = new Map(Object.entries(before));
    const selector = policy.deleteRefusedSelector;
    const wanted = parseLabelSelector(selector);
    const isOn = policy.deleteRefusedAfterMs > 0 && selector !== '';
    this.#deletable = pod => isOn && matchesLabels(wanted, pod.labels);
  }

  /** Enters an answer. Only a refusal that names its budget counts: a busy server says 429 too. */
  enter(pod: PodView, answer: EvictionAnswer, nowMs: number): void {
    if (answer.kind === 'accepted' || answer.kind === 'gone') this.#entries.delete(pod.uid);
    if (answer.kind !== 'refused' || answer.budgets.length === 0) return;
    const before = this.#entries.get(pod.uid);
    const goesOn = before !== undefined && nowMs - before.lastMs <= LONGEST_PAUSE_MS;
    const { sinceMs, told } = goesOn ? before : { sinceMs: nowMs, told: null };
    this.#heard.add(pod.uid);
    this.#entries.set(pod.uid, { pod: podName(pod), budgets: answer.budgets, sinceMs, lastMs: nowMs, told });
  }

  /** Whether no pod is refused. */
  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** Whether the pod is now deleted rather than evicted. */
  isToDelete(pod: PodView, nowMs: number): boolean {
    return this.#isOver(pod.uid, this.#policy.deleteRefusedAfterMs, nowMs) && this.#deletable(pod);
  }

  /** What must be told now, of these pods; each pod is given once for each act. */
  takeDue(pods: readonly PodView[], nowMs: number): DrainEscalation[] {
    const deleting = pods.filter(pod => this.isToDelete(pod, nowMs) && this.#toldOf(pod) !== 'deleting');
    const isToTell = (pod: PodView): boolean =>
      this.#policy.notifyAfterMs > 0 &&
      this.#isOver(pod.uid, this.#policy.notifyAfterMs, nowMs) &&
      this.#toldOf(pod) === null &&
      !deleting.includes(pod);
    const notified = pods.filter(isToTell);
    return [this.#tell('notified', notified, nowMs), this.#tell('deleting', deleting, nowMs)].flat();
  }

  /** Whether anybody was told of a pod that is still refused. */
  hasTold(): boolean {
    return [...this.#entries.values()].some(entry => entry.told !== null);
  }

  /** To be kept. `pods`: those still there. */
  entries(pods: readonly PodView[]): Refusals {
    const here = new Set(pods.map(pod => pod.uid));
    return Object.fromEntries([...this.#entries].filter(([uid]) => here.has(uid)));
  }

  #tell(act: DrainEscalation['act'], pods: readonly PodView[], nowMs: number): DrainEscalation[] {
    const told = pods.flatMap((pod): RefusedPod[] => {
      const entry = this.#entries.get(pod.uid);
      if (!entry) return [];
      this.#entries.set(pod.uid, { ...entry, told: act });
      return [{ pod: entry.pod, budgets: entry.budgets, refusedForMs: nowMs - entry.sinceMs }];
    });
    return told.length === 0 ? [] : [{ act, pods: told }];
  }

  #toldOf(pod: PodView): Refusal['told'] {
    return this.#entries.get(pod.uid)?.told ?? null;
  }

  #isOver(uid: string, limitMs: number, nowMs: number): boolean {
    const entry = this.#entries.get(uid);
    return entry !== undefined && this.#heard.has(uid) && nowMs - entry.sinceMs >= limitMs;
  }
}
