import { z } from 'zod';
import { parseLabelSelector } from '../domain/label-selector.ts';
import type { Amount } from '../domain/policy.ts';

/** A span of time, so that no plain number is taken for one. */
export interface Duration {
  readonly ms: number;
}

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Timers of Node.js hold at most 2^31 ms, 24.8 days. */
const LONGEST_MS = 20 * UNIT_MS.d;

/** Text with a message of its own: `expected` says what would be right, after "expected". */
export function text(expected: string, pattern?: RegExp): z.ZodString {
  const schema = z.string({ error: expected });
  return pattern ? schema.regex(pattern, { error: expected }) : schema.min(1, { error: expected });
}

function durationMs(written: string): number {
  let ms = 0;
  for (const [, count, unit] of written.matchAll(/(\d+)(ms|s|m|h|d)/g)) ms += Number(count) * UNIT_MS[unit as 'ms'];
  return ms;
}

const DURATION = 'a duration with its unit, such as 90s, 15m or 1h30m';

/** `15m`, `90s`, `1h30m`, `500ms`, `0s`; at most 20 days. */
export const duration = text(DURATION, /^(?:\d+(?:ms|s|m|h|d))+$/)
  .refine(written => durationMs(written) <= LONGEST_MS, { error: 'a duration of at most 20d' })
  .transform((written): Duration => ({ ms: durationMs(written) }));

/** As {@link duration}, but not zero. */
export const positiveDuration = text(DURATION, /^(?:\d+(?:ms|s|m|h|d))+$/)
  .refine(written => durationMs(written) <= LONGEST_MS, { error: 'a duration of at most 20d' })
  .refine(written => durationMs(written) > 0, { error: 'a duration longer than nothing, such as 90s' })
  .transform((written): Duration => ({ ms: durationMs(written) }));

const AMOUNT = 'a whole number from 1, or a share such as 25%';

/** `2` or `25%`. */
export const amount = z
  .union([z.int({ error: AMOUNT }).min(1, { error: AMOUNT }), text(AMOUNT, /^(?:[1-9]\d?|100)%$/)], { error: AMOUNT })
  .transform(
    (written): Amount =>
      typeof written === 'number'
        ? { kind: 'number', value: written }
        : { kind: 'percent', value: Number.parseInt(written, 10) },
  );

const BUDGET = 'a whole number from 0, or a share such as 10%';

/** `0`, `2` or `10%`. */
export const failureBudget = z
  .union(
    [
      z.int({ error: BUDGET }).min(0, { error: BUDGET }).max(1_000_000, { error: BUDGET }),
      text(BUDGET, /^(?:\d{1,2}|100)%$/),
    ],
    {
      error: BUDGET,
    },
  )
  .transform(
    (written): Amount =>
      typeof written === 'number'
        ? { kind: 'number', value: written }
        : { kind: 'percent', value: Number.parseInt(written, 10) },
  );

/** A whole number from `min` to `max`. */
export function whole(min: number, max = 1_000_000): z.ZodInt {
  const expected = max === 1_000_000 ? `a whole number from ${min}` : `a whole number from ${min} to ${max}`;
  return z.int({ error: expected }).min(min, { error: expected }).max(max, { error: expected });
}

export const port = whole(1, 65_535);

export const yesNo = z.boolean({ error: 'true or false' });

/** One of the words. */
export function oneOf<const W extends readonly [string, ...string[]]>(...words: W) {
  return z.enum(words);
}

const NAME = 'a name of lower-case letters, digits, "-" and "." (as a DNS name) of at most 253 characters';

/** A DNS-1123 subdomain: names of clusters, stages, hosts. */
export const dnsName = text(NAME, /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/);

/** A host name or IP address. Nothing that a command line or URL would read as more. */
export const address = text(
  'a host name or IP address without user, port or brackets',
  /^[A-Za-z0-9][A-Za-z0-9.:_%-]*$/,
);

/** A path; relative ones start at the fleet file's folder, `~` is the home folder. */
export const path = text('the path of a file; the content itself is never written here', /^(?!-----BEGIN)[^\r\n]+$/);

/** Text that is not empty. */
export const words = text('text');

/** Text that may be empty. */
export const anyText = z.string({ error: 'text' });

/** A Kubernetes label selector. */
export const labelSelector = z
  .string({ error: 'a label selector such as app=web,tier in (a,b)' })
  .superRefine((value, context) => {
    try {
      parseLabelSelector(value);
    } catch (error) {
      context.addIssue(`a label selector such as app=web,tier in (a,b): ${(error as Error).message}`);
    }
  });

const SECRET = 'where the secret is: {env: NAME} or {file: PATH}; the secret itself is never written here';

/** Where a secret is; never the secret. */
export const secretRef = z.union(
  [
    z.strictObject({ env: text('the name of an environment variable', /^[A-Za-z_][A-Za-z0-9_]*$/) }),
    z.strictObject({ file: path }),
  ],
  { error: SECRET },
);
