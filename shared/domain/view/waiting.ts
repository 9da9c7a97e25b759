import type { ApprovalPlace, Command } from '../command.ts';
import type { Failure } from '../failure.ts';
import type { StepName } from '../steps.ts';

interface Waits {
  readonly rollout: string;
  readonly fleet: string;
  readonly sinceMs: number;
  /** One line: what waits. */
  readonly title: string;
  /** Why, a line each; may be empty. */
  readonly reasons: readonly string[];
  /** One line: what it needs. */
  readonly needs: string;
  /** What a person may do about it, the likeliest first. */
  readonly acts: readonly Command[];
}

/** Something of a rollout that waits for a person, or for the world. */
export type WaitingItem =
  | (Waits & { readonly kind: 'approval'; readonly place: ApprovalPlace })
  | (Waits & {
      readonly kind: 'failed';
      readonly cluster: string;
      readonly node: string;
      readonly step: StepName;
      readonly failure: Failure;
    })
  /** A node that has not begun and is kept back until a person acts. */
  | (Waits & { readonly kind: 'held'; readonly cluster: string; readonly node: string })
  /** A drain or another step of a node cannot go on: a budget, a window, a gate. */
  | (Waits & {
      readonly kind: 'blocked-step';
      readonly cluster: string;
      readonly node: string;
      readonly step: StepName;
    })
  /** A slot, or a whole cluster (`wave` -1), cannot take a node. */
  | (Waits & {
      readonly kind: 'blocked';
      readonly cluster: string;
      readonly wave: number;
      /** The failure budget that is spent, as it is now; null: none is. */
      readonly budget: number | null;
    })
  /** It was paused or told to stop by a person. */
  | (Waits & { readonly kind: 'paused' });
