import { fail } from '../../domain/failures/catalogue.ts';

/** An object of an answer. Throws StepError `gate-answer` for anything else; `what` names it. */
export function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw unlike(what, 'an object');
}

/** A list of an answer. Throws StepError `gate-answer` for anything else. */
export function listOf(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw unlike(what, 'a list');
}

/** A text of an answer. Throws StepError `gate-answer` for anything else. */
export function textOf(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw unlike(what, 'a text');
}

/** A number of an answer. Throws StepError `gate-answer` for anything else. */
export function numberOf(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw unlike(what, 'a number');
}

/** Labels: names and texts. Throws StepError `gate-answer` for anything else. */
export function labelsOf(value: unknown, what: string): Readonly<Record<string, string>> {
  const entries = Object.entries(objectOf(value, what));
  return Object.fromEntries(entries.map(([label, text]) => [label, textOf(text, `${what}.${label}`)]));
}

function unlike(what: string, wanted: string) {
  return fail('gate-answer', { message: `the answer is not as expected: ${what} is not ${wanted}` });
}
