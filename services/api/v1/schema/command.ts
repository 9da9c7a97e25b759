import { z } from 'zod';
import type { Command } from '../../../../shared/domain/command.ts';
import { name, waveIndex } from './common.ts';
import { approvalPlace, budgetPlace } from './place.ts';

const WHY_CHARS = 1_000;

const why = z
  .string({ error: 'expected text' })
  .max(WHY_CHARS, { error: `expected at most ${WHY_CHARS} characters` })
  .regex(/^\P{Cc}*$/u, { error: 'expected one line of text, without control characters' })
  .default('')
  .describe('Why, for the journal');

const node = { cluster: name('The cluster of the node'), node: name('The node') };
const wave = { cluster: name('The cluster of the wave'), wave: waveIndex };

function whole(min: number, what: string) {
  const error = `expected a whole number from ${min}`;
  return z.int({ error }).min(min, { error }).max(1_000_000, { error }).describe(what);
}

const expiresAtMs = z
  .int({ error: 'expected a moment in ms since 1970, or null' })
  .min(0)
  .nullable()
  .default(null)
  .describe('Not begun by then, it is asked for anew, ms since 1970; null: as the plan says');

const ACTS = {
  pause: act('pause', 'No further node is taken; those that are away go on to their end', {}),
  resume: act('resume', 'Goes on after a pause, and takes a stop back', {}),
  stop: act('stop', 'No further wave is opened; paused once the open ones are done', {}),
  abort: act('abort', 'Ends the rollout. Final', {}),
  retry: act('retry', 'The failed step of a node runs again', node),
  'retry-all': act('retry-all', 'The same for every node that has failed', {}),
  skip: act('skip', 'The node is left as it is, and its slot freed', node),
  redo: act('redo', 'The node begins anew, from drain on, while its wave is open', node),
  repaired: act('repaired', 'You repaired the failed node: it is verified and uncordoned', node),
  exclude: act('exclude', 'A node that has not begun is left out', node),
  concurrency: act('concurrency', 'Most nodes of a wave away at once', {
    ...wave,
    concurrency: whole(1, 'How many, at least 1'),
  }),
  'failure-budget': act('failure-budget', 'Failures that are borne from now on', {
    place: budgetPlace,
    budget: whole(0, 'How many, at least 0'),
  }),
  approve: act('approve', 'Lets go on what waits for a word', { place: approvalPlace, expiresAtMs }),
  revoke: act('revoke', 'Takes an approval back that nothing has begun by', { place: approvalPlace }),
} as const satisfies Record<Command['kind'], z.ZodType<Command & { why: string }>>;

/** Names of all commands. */
export const COMMAND_KINDS = Object.keys(ACTS);

/** A command as it is sent, with why. Every kind there is; a field that does not belong to it is refused. */
export const commandBody = z
  .discriminatedUnion('kind', tupleOf(ACTS), { error: `expected one of ${COMMAND_KINDS.join(', ')}` })
  .meta({ id: 'Command', description: 'What to do, and why. Sent twice, it changes nothing the second time' });

/** The answer to a command that was done. */
export const commandAnswer = z
  .object({ note: z.string().describe('What was done, one line') })
  .meta({ id: 'CommandAnswer', description: 'The command was carried out, or had been already' });

function act<const K extends string, S extends z.ZodRawShape>(kind: K, description: string, fields: S) {
  return z.strictObject({ kind: z.literal(kind), ...fields, why }).describe(description);
}

function tupleOf<T extends object>(acts: T): [T[keyof T], ...T[keyof T][]] {
  return Object.values(acts) as [T[keyof T], ...T[keyof T][]];
}
