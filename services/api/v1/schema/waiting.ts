import { z } from 'zod';
import { COMMAND_KINDS } from './command.ts';
import { stepName, timeMs } from './common.ts';
import { approvalPlace } from './place.ts';
import { failure } from './status.ts';

const act = z
  .looseObject({ kind: z.enum(COMMAND_KINDS) })
  .describe('A command; sent to the rollout it does it')
  .meta({ id: 'Act' });

const waits = {
  rollout: z.string(),
  fleet: z.string(),
  sinceMs: timeMs('Since when'),
  title: z.string().describe('What waits'),
  reasons: z.array(z.string()).describe('Why, a line each'),
  needs: z.string().describe('What it needs'),
  acts: z.array(act).describe('What a person may do about it, the likeliest first'),
};
const node = { cluster: z.string(), node: z.string() };

/** Something that waits for a person, or for the world. */
export const waitingItem = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('approval'), ...waits, place: approvalPlace }),
    z.object({ kind: z.literal('failed'), ...waits, ...node, step: stepName, failure }),
    z.object({ kind: z.literal('held'), ...waits, ...node }),
    z.object({ kind: z.literal('blocked-step'), ...waits, ...node, step: stepName }),
    z.object({
      kind: z.literal('blocked'),
      ...waits,
      cluster: z.string(),
      wave: z.int().describe('-1: all of it'),
      budget: z.int().nullable().describe('The failure budget that is spent, as it is now; null: none is'),
    }),
    z.object({ kind: z.literal('paused'), ...waits }),
  ])
  .meta({ id: 'WaitingItem' });
