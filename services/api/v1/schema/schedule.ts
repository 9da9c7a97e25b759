import { z } from 'zod';
import { type StoredSchedule, WORK_WANTED } from '../../../../shared/domain/schedule.ts';
import type { ScheduleSummary } from '../../../common/schedules.ts';
import { describes, name } from './common.ts';
import { narrow } from './draft.ts';
import { start } from './overview.ts';

const stored = describes<StoredSchedule>()({
  name: z.string(),
  cron: z.string(),
  zone: z.string(),
  mode: z.enum(['roll', 'watch']),
  narrow,
  policy: z.looseObject({}).nullable().describe('What is different for its nodes; null: nothing'),
  overlap: z.enum(['skip', 'queue']),
  catchUpMs: z.int(),
  onlyIf: z.enum(WORK_WANTED).nullable(),
  fleetFile: z.string(),
  origin: z.enum(['file', 'hand']),
  by: z.string(),
}).meta({ id: 'StoredSchedule' });

/** The list of schedules. */
export const scheduleList = z.object({
  schedules: z.array(
    describes<ScheduleSummary>()({
      schedule: stored,
      nextMs: z.int().nullable().describe('When it starts next, ms since 1970; null: never'),
      starts: z.array(start).describe('The last ones, newest first'),
    }),
  ),
});

const list = (what: string) => z.array(z.string().min(1).max(512)).min(1).max(1_000).optional().describe(what);
const text = (what: string) => z.string({ error: 'expected text' }).max(512).describe(what);

/** A schedule as a person adds it; but for its name as under `schedules` of a fleet file. */
export const scheduleBody = z
  .strictObject({
    name: name('Name of the schedule'),
    cron: text('Minute, hour, day of month, month, weekday: 0 22 * * sat'),
    timeZone: text('Whose clocks: Europe/Berlin'),
    mode: z.enum(['roll', 'watch']).optional().describe('watch: roll only nodes that ask for a reboot'),
    overlap: z.enum(['skip', 'queue']).optional().describe('While its clusters are held'),
    catchUp: text('Make a missed start up within this time: 2h').optional(),
    onlyIf: z.enum(WORK_WANTED).optional().describe('Start only if a host has it'),
    clusters: list('Only these clusters'),
    waves: list('Only these waves, by name or by a sequence in it'),
    nodes: list('Only these nodes, NODE or CLUSTER/NODE'),
    selector: text('Only Nodes with these labels, as kubectl has it').optional(),
    limit: z.int().min(1).optional().describe('Only the first so many nodes of those left'),
  })
  .meta({ id: 'NewSchedule' });

/** Path parameter of everything about one schedule. */
export const scheduleParams = z.strictObject({ name: name('Name of the schedule') });
