import { z } from 'zod';
import { WORK_WANTED } from '../../domain/schedule.ts';
import { isZone } from '../../domain/time/zone.ts';
import { option, required, section } from '../option.ts';
import { dnsName, duration, labelSelector, oneOf, text, whole, words } from '../values.ts';
import { nodePolicyTable } from './policy.ts';

const ZONE = 'the name of a time zone, such as Europe/Berlin or UTC';

/** An empty list would read as none, and mean all. */
const some = <T extends z.ZodType>(item: T, what: string) => z.array(item).min(1, { error: `at least one ${what}` });

const { drain, upgrade, reboot, verify } = nodePolicyTable;

const policySchema = section(
  'SchedulePolicy',
  'What is different in the rollouts of a schedule, key by key: it wins over cluster and role.',
  { drain, upgrade, reboot, verify },
);

export const scheduleTable = {
  cron: required(
    text('a cron expression of five fields, such as "0 22 * * sat"'),
    'When it starts: minute, hour, day of month, month, weekday.',
  ),
  timeZone: required(text(ZONE).refine(isZone, { error: ZONE }), 'Whose clocks.'),
  mode: option(
    oneOf('roll', 'watch'),
    'roll: a rollout as run would start it; watch: nothing is upgraded, and only nodes that ask for a reboot are rolled.',
    { default: 'roll' },
  ),
  clusters: option(some(dnsName, 'cluster'), 'Only these clusters.', { otherwise: 'all' }),
  waves: option(some(words, 'wave'), 'Only these waves, by name ("1+4") or by a sequence in it.', { otherwise: 'all' }),
  nodes: option(some(words, 'node'), 'Only these nodes, NODE or CLUSTER/NODE.', { otherwise: 'all' }),
  selector: option(labelSelector, 'Only Nodes with these labels.', { otherwise: 'all' }),
  limit: option(whole(1), 'Only the first so many nodes of those left.', { otherwise: 'all' }),
  policy: option(policySchema, 'What is different in these rollouts, for all their nodes.', { otherwise: 'nothing' }),
  overlap: option(
    oneOf('skip', 'queue'),
    'While a rollout of the same clusters is under way: leave the start out, or let it wait for the end. At most one start of a schedule waits.',
    { default: 'skip' },
  ),
  catchUp: option(
    duration,
    'For so long after its time a start is made up for that nobody was there to begin; of several only the last one. 0s: never.',
    { default: '0s' },
  ),
  onlyIf: option(
    oneOf(...WORK_WANTED),
    'Start only if a host has packages to upgrade, or asks for a reboot, or either. A host that cannot be asked counts as one that has.',
    { otherwise: 'always' },
  ),
};

/** One of `schedules`. */
export const scheduleSchema = section('Schedule', 'When rollouts begin by themselves, and which.', scheduleTable);

export type ScheduleFile = z.output<typeof scheduleSchema>;
