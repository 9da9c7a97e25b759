import { z } from 'zod';
import type { ClusterEstimate, Estimate, WaveEstimate } from '../../../../shared/domain/estimate/estimate.ts';
import { STEPS } from '../../../../shared/domain/steps.ts';
import type { NodeCell } from '../../../../shared/domain/view/cell.ts';
import type { PictureCluster, RolloutPicture } from '../../../../shared/domain/view/picture.ts';
import { describes, maybeTimeMs, timeMs } from './common.ts';
import { nodeFields, rolloutStatus } from './status.ts';

const cellStep = z
  .tuple([z.enum(['waiting', 'running', 'done', 'failed', 'skipped']), z.int().nullable(), z.int().nullable()])
  .describe('Its state, when it began, when it ended');

const cell = describes<NodeCell>()({
  ...nodeFields,
  attempt: z.int(),
  note: z.string().describe('What the step does, waits for or failed at'),
  failure: z.string().nullable().describe('Code of the failure it stands at'),
  retryAtMs: maybeTimeMs('When the next attempt comes'),
  away: z.boolean().describe('Whether it holds a slot'),
  warnings: z.int().describe('How many things failed and were passed over'),
  steps: z.array(cellStep).describe('The six steps in order'),
}).meta({ id: 'NodeCell' });

const end = {
  leftMs: z.number().describe('As if all windows were open'),
  endsAtMs: z.number().nullable().describe('null: never, as things are'),
  heldUp: z.looseObject({}).nullable().describe('The first wait for a window; null: none'),
};
const waveEstimate = describes<WaveEstimate>()({ ...end, index: z.int() });
const clusterEstimate = describes<ClusterEstimate>()({
  ...end,
  name: z.string(),
  closesAtMs: z.number().nullable().describe('When the window of its next wave closes'),
  waves: z.array(waveEstimate).describe('Those that are not over'),
});

/** How long it still takes. */
export const estimate = describes<Estimate>()({
  ...end,
  clusters: z.array(clusterEstimate).describe('Those that are not over'),
  known: z.int().describe('Nodes left of a kind that was upgraded before'),
  guessed: z.int().describe('Other nodes left'),
  guessMs: z.number().nullable().describe('What is reckoned with for each of these, if it is the same'),
}).meta({ id: 'Estimate' });

const pictureCluster = describes<PictureCluster>()({
  name: z.string(),
  maxUnavailable: z.int().describe('Most nodes away at once'),
  zone: z.string().nullable().describe('Zone its windows are read in; null: it has none'),
  usualMs: z
    .partialRecord(z.enum(STEPS), z.number())
    .describe('What a step takes as a rule (median); missing: not known'),
});

/** A whole rollout for a page. */
export const rolloutPicture = describes<RolloutPicture>()({
  atMs: timeMs('When it was taken'),
  rollout: rolloutStatus.omit({ nodes: true }),
  clusters: z.array(pictureCluster),
  estimate: estimate.nullable().describe('What is left; null: it is over, or about to be'),
  cells: z.record(z.string(), cell).describe('By CLUSTER/NODE, in the order of the plan'),
}).meta({ id: 'RolloutPicture' });
