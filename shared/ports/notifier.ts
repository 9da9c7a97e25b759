import type { NoticeMessage } from '../domain/notify/notice.ts';
import type { NotifyTarget } from '../domain/notify/target.ts';
import type { SecretRef } from '../domain/plan.ts';

/** One attempt to deliver a message. */
export interface Attempt {
  /** Of the message, the same for all its attempts. */
  readonly id: string;
  /** Aborts the attempt. */
  readonly signal: AbortSignal;
  /**
   * Called when connection and log-in are done and everything but the end of the message is on its way: what it throws
   * ends the attempt, and nobody can read a message that has no end.
   */
  mayLeave(): Promise<void>;
  /** Called in the same turn in which the end of the message leaves, right behind it. */
  hasLeft(): void;
}

/** Delivers messages to the world. */
export interface Notifier {
  /**
   * Hands a message over and waits for the answer; returns it in a few words. Throws StepError `notify-refused` (another
   * attempt cannot help), `notify-no-answer` or `notify-settings` (it can), or the signal's reason. No text holds a secret.
   */
  send(target: NotifyTarget, message: NoticeMessage, attempt: Attempt): Promise<string>;
}

/** Reads a secret where it is; `what` names it in the StepError thrown when there is none. */
export type ReadSecret = (ref: SecretRef, what: string) => Promise<string>;
