import { z } from 'zod';
import type { StartRecord } from '../../../../shared/domain/schedule.ts';
import type { DueSummary } from '../../../../shared/domain/survey/survey.ts';
import type {
  AwayNode,
  ClusterOverview,
  Overview,
  ScheduleOverview,
  WaveOverview,
} from '../../../../shared/domain/view/overview.ts';
import { describes, maybeTimeMs, timeMs } from './common.ts';
import { engine, summary } from './rollout.ts';
import { waitingItem } from './waiting.ts';

const due = describes<DueSummary>()({
  atMs: timeMs('When the hosts were asked'),
  asked: z.int(),
  unreachable: z.int(),
  updates: z.int().describe('Hosts with updates'),
  reboots: z.int().describe('Hosts whose reboot is due'),
  oldestBootAtMs: maybeTimeMs('The longest uptime began'),
  oldestPatchAtMs: maybeTimeMs('The longest time without an upgrade began'),
  kernels: z.array(z.object({ release: z.string(), nodes: z.int() })).describe('Running kernels, most first'),
}).meta({ id: 'DueSummary' });

const away = describes<AwayNode>()({
  node: z.string(),
  rollout: z.string(),
  step: z.string().describe('Empty: none has begun'),
  sinceMs: timeMs('Since when'),
});

const wave = describes<WaveOverview>()({ name: z.string(), sequences: z.array(z.int()), nodes: z.int() });

const cluster = describes<ClusterOverview>()({
  fleet: z.string(),
  name: z.string(),
  stage: z.string(),
  planned: z
    .boolean()
    .describe(
      'false: no rollout was made for it yet; kubernetes, zone, maxUnavailable, window and sequences are not known',
    ),
  kubernetes: z.boolean(),
  zone: z.string().nullable().describe('Zone its windows are read in; null: it has none'),
  nodes: z.int(),
  maxUnavailable: z.int(),
  waves: z.array(wave),
  away: z.array(away).describe('Nodes that hold a slot now'),
  due: due.nullable().describe('null: nobody has asked its hosts'),
  window: z
    .object({ open: z.boolean(), opensAtMs: z.number().nullable(), closesAtMs: z.number().nullable() })
    .nullable()
    .describe('null: it has none, so always open; or it is not known'),
  nextStart: z.object({ schedule: z.string(), atMs: z.number() }).nullable(),
  rollout: z.string().nullable().describe('The one under way'),
  lastDoneAtMs: maybeTimeMs('When a rollout that was to take in all of it ended as done'),
}).meta({ id: 'ClusterOverview' });

const outcome = z.object({
  kind: z.enum(['started', 'nothing', 'skipped', 'missed', 'refused', 'failed']),
  rollout: z.string().optional(),
  note: z.string(),
});

/** A start of a schedule. */
export const start = describes<StartRecord>()({
  dueMs: timeMs('When it was due'),
  by: z.string().describe('Who wanted it; empty: the schedule'),
  begunAtMs: timeMs('When it was taken up'),
  waitsFor: z.string().describe('Empty: it does not wait'),
  outcome: outcome.nullable().describe('null: it is under way'),
}).meta({ id: 'ScheduleStart' });

const schedule = describes<ScheduleOverview>()({
  name: z.string(),
  cron: z.string(),
  zone: z.string(),
  mode: z.enum(['roll', 'watch']),
  fleetFile: z.string(),
  origin: z.enum(['file', 'hand']),
  by: z.string(),
  clusters: z.array(z.string()).describe('As far as they are known'),
  nextMs: maybeTimeMs('The next start'),
  starts: z.array(start).describe('The last ones, newest first'),
}).meta({ id: 'ScheduleOverview' });

/** Everything that the pages beside a single rollout show. */
export const overviewSchema = describes<Overview>()({
  atMs: timeMs('When it was made'),
  clusters: z.array(cluster),
  rollouts: z.array(summary).describe('The last 200, newest first'),
  waiting: z.array(waitingItem).describe('The oldest first'),
  schedules: z.array(schedule),
  engines: z.array(engine),
}).meta({ id: 'Overview' });
