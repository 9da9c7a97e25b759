/** What is asked for at a place where a rollout waits for a person's word. */
export interface ApprovalPolicy {
  /** An approval that nothing began by within this time is asked for anew; null: it does not expire. */
  readonly expiresMs: number | null;
  /** It is given by itself once what came before has been well for so long; null: never. */
  readonly autoMs: number | null;
}
