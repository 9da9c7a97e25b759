import { z } from 'zod';
import { stepName, timeMs } from './common.ts';

/** An event as it is sent. New types and further fields may come with any version. */
export const event = z
  .looseObject({
    id: z.string().describe('Orders events; give the last one as after, or as Last-Event-ID, to go on behind it'),
    atMs: timeMs('When'),
    type: z.string().describe('What happened, such as node-claimed'),
    cluster: z.string().optional(),
    node: z.string().optional(),
    wave: z.int().optional().describe('From 0'),
    slot: z.string().optional(),
    round: z.int().optional(),
    step: stepName.optional(),
    attempt: z.int().optional(),
    by: z.string().optional().describe('Who did it'),
    why: z.string().optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'Event', description: 'Something that happened. Fields beyond these depend on the type' });

/** A piece of the journal. */
export const eventList = z.object({
  events: z.array(event).describe('In order'),
  last: z.string().describe('To be given as after for the next piece'),
  more: z.boolean().describe('Whether there may be more already'),
});
