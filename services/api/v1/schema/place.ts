import { z } from 'zod';
import { name, waveIndex } from './common.ts';

const stage = z.strictObject({ of: z.literal('stage'), stage: name('The stage') });
const rollout = z.strictObject({ of: z.literal('rollout') });
const cluster = z.strictObject({ of: z.literal('cluster'), cluster: name('The cluster') });
const wave = <const W extends 'wave' | 'canary'>(of: W) =>
  z.strictObject({ of: z.literal(of), cluster: name('The cluster'), wave: waveIndex });

/** Where a rollout waits for an approval. */
export const approvalPlace = z
  .discriminatedUnion('of', [stage, cluster, wave('wave'), wave('canary')], {
    error: 'expected where it is, with "of" one of stage, cluster, wave, canary',
  })
  .meta({ id: 'ApprovalPlace', description: 'Before a stage, cluster or wave, or after the first node of a wave' });

/** What a failure budget holds over. */
export const budgetPlace = z
  .discriminatedUnion('of', [rollout, cluster, wave('wave')], {
    error: 'expected what it holds over, with "of" one of rollout, cluster, wave',
  })
  .meta({ id: 'BudgetPlace', description: 'The rollout as a whole, a cluster, or one wave of it' });
