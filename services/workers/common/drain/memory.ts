import type { DrainEscalation } from '../../../../shared/domain/events.ts';
import type { PodView } from '../../../../shared/domain/facts.ts';
import { podName } from './judge.ts';
import type { Refusals } from './refusals.ts';

/** What a drain keeps between visits and attempts. */
export interface DrainMemory {
  readonly startedAtMs: number;
  /** Pods this drain set out to evict: UID → `namespace/name`. */
  readonly targets: Readonly<Record<string, string>>;
  /** null: pods are left. */
  readonly podsGoneAtMs: number | null;
  /** Pods that budgets refuse now. Missing: none. */
  readonly refusals?: Refusals;
  /** `namespace/name` of the pods it set out to delete against their budgets. Missing: none. */
  readonly deleted?: readonly string[];
  /** The account of what was left when a visit ended last: told when nothing can be seen any more. */
  readonly lastSeen?: readonly string[];
  /** What the account in the log is about: it is written again when that changes. */
  readonly lastReason?: string;
}

/** Keeps a memory, and tells of an escalation at the same moment. */
export type Remember = (memory: DrainMemory, told?: DrainEscalation) => Promise<void>;

/** The memory of a drain as it changes during a visit; every change is kept at once. */
export class DrainBook {
  readonly #remember: Remember;
  #memory: DrainMemory;
  #isKept: boolean;

  constructor(before: DrainMemory | null, nowMs: number, remember: Remember) {
    this.#memory = before ?? { startedAtMs: nowMs, targets: {}, podsGoneAtMs: null };
    this.#isKept = before !== null;
    this.#remember = remember;
  }

  get memory(): DrainMemory {
    return this.#memory;
  }

  /** null: nothing was kept yet, the drain has not begun. */
  get kept(): DrainMemory | null {
    return this.#isKept ? this.#memory : null;
  }

  async keep(change: Partial<DrainMemory>, told?: DrainEscalation): Promise<void> {
    const next = { ...this.#memory, ...change };
    await this.#remember(next, told);
    this.#memory = next;
    this.#isKept = true;
  }

  /** Before the first of them is asked for. */
  async keepTargets(pods: readonly PodView[]): Promise<void> {
    const { targets, podsGoneAtMs } = this.#memory;
    const isNew = pods.some(pod => targets[pod.uid] === undefined);
    if (!isNew && podsGoneAtMs === null) return;
    const named = Object.fromEntries(pods.map(pod => [pod.uid, podName(pod)]));
    await this.keep({ targets: { ...targets, ...named }, podsGoneAtMs: null });
  }

  async escalate(told: DrainEscalation, refusals: Refusals): Promise<void> {
    const names = told.act === 'deleting' ? told.pods.map(({ pod }) => pod) : [];
    await this.keep({ refusals, deleted: [...(this.#memory.deleted ?? []), ...names] }, told);
  }
}
