import { z } from 'zod';
import { STEPS } from '../../../../shared/domain/steps.ts';

/** A schema for exactly the fields of `T`: one that is missing or too much does not compile. */
export function describes<T>() {
  return <S extends { readonly [K in keyof T]-?: z.ZodType } & { readonly [K in Exclude<keyof S, keyof T>]: never }>(
    shape: S,
  ): z.ZodObject<S> => z.object(shape);
}

/** An answer in JSON. */
export const answer = (description: string, schema: z.ZodType) => ({
  description,
  content: { 'application/json': { schema } },
});

/** A moment. */
export const timeMs = (what: string) => z.int().describe(`${what}, ms since 1970, by the clock of the store`);

/** A moment, or null before it has come. */
export const maybeTimeMs = (what: string) => z.int().nullable().describe(`${what}, ms since 1970; null: not yet`);

const NAME = 'expected a name of lower-case letters, digits, "-" and "."';

/** Name of a cluster, stage or node. */
export const name = (what: string) =>
  z
    .string({ error: NAME })
    .regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, { error: NAME })
    .describe(what);

/** Index of a wave. */
export const waveIndex = z
  .int({ error: 'expected a whole number from 0' })
  .min(0, { error: 'expected a whole number from 0' })
  .describe('Index of the wave in its cluster, from 0');

/** Name of a step. */
export const stepName = z.enum(STEPS, { error: `expected one of ${STEPS.join(', ')}` });

/** Id of an event, or nothing: from the beginning. */
export const eventId = z
  .string()
  // More digits are more than Redis counts.
  .regex(/^(\d{1,19}-\d{1,19})?$/, { error: 'expected the id of an event, such as 1767225600000-0' })
  .describe('Only what came after this event; empty: from the beginning');

const ROLLOUT = 'expected the id of a rollout, such as r-20260301-120000-k3f9';

/** Path parameter of everything about one rollout. */
export const rolloutParams = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, { error: ROLLOUT })
    .describe('The whole id of a rollout'),
});

/** Path parameters of everything about one node. */
export const nodeParams = rolloutParams.extend({
  cluster: name('Name of the cluster'),
  node: name('Name of the node'),
});
