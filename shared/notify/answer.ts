import { StepError } from '../domain/failure.ts';
import { fail } from '../domain/failures/catalogue.ts';
import { clip } from '../domain/text.ts';
import { isTaken, type PostAnswer } from './post.ts';

/** The message itself is wrong, or nobody will take it any more: sending it again does not help (RFC 9110, 15.5). */
const REFUSALS: ReadonlySet<number> = new Set([400, 410, 413, 415, 422]);
const MOST_SHOWN = 200;

/** What a server said in a few words. Throws StepError unless it took the message. */
export function judge({ status, body, retryAfterMs }: PostAnswer, secrets: readonly string[]): string {
  const words = clip(mask(body, secrets), MOST_SHOWN);
  const said = `HTTP ${status}${words === '' ? '' : `: ${words}`}`;
  if (isTaken(status)) return said;
  if (REFUSALS.has(status)) throw fail('notify-refused', { message: `the target refused the message: ${said}` });
  const redirect =
    status >= 300 && status < 400 ? 'the target redirects, which is not followed' : 'the target answered';
  throw fail('notify-no-answer', {
    message: `${redirect}: ${said}`,
    ...(retryAfterMs > 0 ? { retryAfterMs } : {}),
  });
}

/** What went wrong on the way, as a StepError without secrets. */
export function troubleOf(error: unknown, secrets: readonly string[]): StepError {
  if (error instanceof StepError) return error;
  // Several addresses come as an AggregateError without words.
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const { message = '', code = '' } =
    first instanceof Error ? (first as NodeJS.ErrnoException) : { message: String(first) };
  const words = mask(message || code || 'no connection', secrets);
  return fail('notify-no-answer', { message: `the target gave no answer: ${words}`, cause: error });
}

/** `text` without the secrets. */
export function mask(text: string, secrets: readonly string[]): string {
  return secrets.reduce((masked, secret) => (secret === '' ? masked : masked.replaceAll(secret, '***')), text);
}
