/** Why a step may not go on although nothing went wrong. */
export type InterruptReason =
  /** A newer round or epoch has this node. */
  | 'superseded'
  /** A person asked to skip or abort. */
  | 'flagged'
  /** The failure budget is spent: no further change of a host. */
  | 'held';

/** Thrown by a step's guard. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly why: InterruptReason;

  constructor(why: InterruptReason) {
    super(`the step may not go on: ${why}`);
    this.why = why;
  }
}
