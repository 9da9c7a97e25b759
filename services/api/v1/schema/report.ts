import { z } from 'zod';
import type { MadeEstimate } from '../../../../shared/domain/estimate/made.ts';
import { NODE_STATES } from '../../../../shared/domain/events.ts';
import type { LeftPackage, OsRelease, PackageChange } from '../../../../shared/domain/proof.ts';
import {
  DEVIATION_KINDS,
  type Deviation,
  type LeftOutReport,
  type NodeReport,
  type RolloutReport,
  type WaveReport,
} from '../../../../shared/domain/report/report.ts';
import { describes, maybeTimeMs, stepName, timeMs } from './common.ts';

const counts = z.record(z.enum(NODE_STATES), z.int()).describe('Nodes by state');
const maybeMs = (what: string) =>
  z.number().nullable().describe(`${what}, ms; null: not known, or nothing of the kind`);
const pods = (what: string) => z.array(z.string()).describe(`${what}: NAMESPACE/NAME`);

const change = describes<PackageChange>()({
  name: z.string(),
  before: z.string().nullable().describe('null: newly installed'),
  after: z.string().nullable().describe('null: removed'),
}).meta({ id: 'PackageChange' });

const left = describes<LeftPackage>()({
  name: z.string(),
  before: z.string(),
  available: z.string().describe('The version it could have had'),
  reason: z.enum(['protected', 'excluded', 'held', 'kept-back', 'not-proven']),
}).meta({ id: 'LeftPackage' });

const release = describes<OsRelease>()({ id: z.string(), versionId: z.string() }).nullable();

const node = describes<NodeReport>()({
  cluster: z.string(),
  node: z.string(),
  wave: z.int().describe('From 0'),
  waveName: z.string(),
  sequence: z.int().nullable(),
  controlPlane: z.boolean(),
  state: z.enum(NODE_STATES),
  rounds: z.int().describe('0: it was never taken'),
  claimedAtMs: maybeTimeMs('When it was taken first'),
  endedAtMs: maybeTimeMs('When it was settled last'),
  changes: z.array(change).describe('Packages, from before the first round to after the last; by name'),
  changesKnown: z
    .boolean()
    .describe('false: more may have changed, as an upgrade was not proved or the packages cannot be listed'),
  left: z.array(left).describe('Packages that had a newer version and were left as they were'),
  image: z.string().nullable().describe('The system image that was staged; null: none'),
  kernelBefore: z.string().nullable(),
  kernelAfter: z.string().nullable().describe('As it was seen to run after everything; null: nobody looked'),
  osBefore: release,
  osAfter: release,
  reboots: z.int().describe('By nodetide'),
  rebootsByOthers: z.int().describe('Rounds in which somebody else had rebooted it'),
  downtimeMs: maybeMs('From the order of a reboot to the first answer after it, all together'),
  cordonedMs: maybeMs('From the beginning of the step that cordoned it to the end of uncordon'),
  evicted: pods('Pods that were evicted'),
  deleted: pods('Those of them that were deleted against their budgets'),
  steps: z.partialRecord(stepName, z.number()).describe('How long each step worked, in all rounds, ms'),
  reason: z.string().describe('Why it failed, was left out or given up; empty: nothing of the kind'),
  leftAs: z.string().describe('How it was left when it was skipped or aborted; empty: it was not'),
  todo: z.string().describe('What a person should still do; empty: nothing'),
  warnings: z.array(z.string()).describe('What steps warned of, and what failed around it and was passed over'),
}).meta({ id: 'NodeReport' });

const deviation = describes<Deviation>()({
  atMs: timeMs('When'),
  kind: z.enum(DEVIATION_KINDS),
  place: z.string().describe('CLUSTER/NODE, a cluster, such as wave CLUSTER/1 (from 1); empty: the rollout'),
  by: z.string().describe('Who did it; empty: nobody did'),
  why: z.string().describe('The reason that was given; empty: none'),
  text: z.string().describe('What happened'),
}).meta({ id: 'Deviation' });

const wave = describes<WaveReport>()({
  stage: z.string(),
  cluster: z.string(),
  index: z.int().describe('From 0'),
  wave: z.string(),
  nodes: z.int(),
  concurrency: z.int().describe('As planned; changes are among the deviations'),
  counts,
  startedAtMs: maybeTimeMs('When it began'),
  endedAtMs: maybeTimeMs('When it ended'),
  estimatedMs: maybeMs('What it was reckoned to take when the rollout was made'),
}).meta({ id: 'WaveReport' });

const estimate = describes<MadeEstimate>()({
  totalMs: z.number().describe('As if all windows were open'),
  endsAtMs: z.number().nullable().describe('With the windows, ms since 1970; null: some node finds none'),
  known: z.int().describe('Nodes of a kind that was upgraded before'),
  guessed: z.int().describe('The others'),
  waves: z.record(z.string(), z.number()).describe('By CLUSTER/WAVE, waves from 0, ms'),
})
  .nullable()
  .describe('What it was reckoned to take when it was made; null: not known');

const leftOut = describes<LeftOutReport>()({ cluster: z.string(), node: z.string(), reason: z.string() });

/** A whole rollout for the change record. */
export const rolloutReport = describes<RolloutReport>()({
  id: z.string(),
  fleet: z.string(),
  by: z.string(),
  outcome: z.enum(['done', 'aborted']).nullable().describe('null: it goes on'),
  createdAtMs: timeMs('When it was made'),
  startedAtMs: maybeTimeMs('When it began'),
  endedAtMs: maybeTimeMs('When it ended'),
  estimate,
  counts,
  waves: z.array(wave).describe('In the order of the plan'),
  nodes: z.array(node).describe('In the order of the plan'),
  leftOut: z.array(leftOut).describe('Hosts that the plan left out'),
  deviations: z.array(deviation).describe('What did not go as planned, and what people did, in order'),
}).meta({ id: 'RolloutReport' });
