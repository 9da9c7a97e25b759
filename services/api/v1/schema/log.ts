import { z } from 'zod';
import { stepName } from './common.ts';

/** What the commands of a node printed. */
export const nodeLog = z.object({
  round: z.int().describe('The round it is of; 0: the node has not begun'),
  steps: z
    .array(
      z.object({
        step: stepName,
        from: z.int().describe('Row the lines begin with'),
        rows: z.array(z.string()).describe('A row holds one or more lines'),
        next: z.int().describe('To be given as from for what comes after'),
      }),
    )
    .describe('Only steps that have printed something, or the one asked for'),
});
