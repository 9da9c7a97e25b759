/** Fails an attempt; the next one comes after `retryInMs`. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  readonly retryInMs: number;

  constructor(message: string, retryInMs: number) {
    super(message);
    this.retryInMs = retryInMs;
  }
}

/** BullMQ's backoff strategy: the error itself knows. */
export function backoffStrategy(_attemptsMade: number, _type?: string, error?: Error): number {
  return error instanceof RetryLater ? error.retryInMs : 1_000;
}
