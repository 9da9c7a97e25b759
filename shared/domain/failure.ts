import { clip } from './text.ts';

/**
 * What went wrong, for machines (`code`, `retryable`) and for the person on call (the rest).
 * Decisions are made from the fields, never from the text.
 */
export interface Failure {
  /** Stable, kebab-case, listed in docs/failures.md. */
  readonly code: string;
  /** One sentence: what happened. */
  readonly message: string;
  /** Whether a further attempt can help without a person. */
  readonly retryable: boolean;
  /** What was seen that shows it (exit code, last lines, API answer). */
  readonly seen?: string;
  /** What was found out about it, for people: a line each; deeper lines belong to the one above, one that begins with `$` is a command. */
  readonly account?: readonly string[];
  /** The state the node was left in. */
  readonly leftAs?: string;
  /** What a person can do next. */
  readonly todo?: string;
  /** The other side asked to wait at least this long. */
  readonly retryAfterMs?: number;
}

/** Thrown by ports, adapters and steps; carries its own verdict. */
export class StepError extends Error {
  override readonly name = 'StepError';
  readonly failure: Failure;

  constructor(failure: Failure, options?: { cause?: unknown }) {
    super(failure.message, options);
    this.failure = failure;
  }
}

/** The failure inside `error`, or an `unexpected` one (retryable) made from it. */
export function failureOf(error: unknown): Failure {
  if (error instanceof StepError) return error.failure;
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'unexpected', message: clip(message, 1_000), retryable: true };
}
