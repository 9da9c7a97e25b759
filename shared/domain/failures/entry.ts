/** What is always true of a failure's code. */
export interface FailureEntry {
  readonly retryable: boolean;
  /** What a person can do, when nothing better is known at the spot. */
  readonly todo: string;
}
