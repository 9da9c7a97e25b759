import type { FleetWave } from '../domain/fleet.ts';
import type { Schedule } from '../domain/schedule.ts';
import { checkSchedule } from './check/schedules.ts';
import { compileSchedule } from './compile/schedule.ts';
import { checkData } from './document/check.ts';
import { type Finding, showPath } from './problem.ts';
import { scheduleSchema } from './schema/schedule.ts';
import { dnsName } from './values.ts';

/** A cluster that schedules may name, with its waves. */
export interface ScheduledCluster {
  readonly name: string;
  readonly waves: readonly Pick<FleetWave, 'name' | 'sequences'>[];
}

/**
 * A schedule of the fleet with these clusters, given as data, as under `schedules` of its file: either the schedule, or all that is wrong with
 * it, a line each.
 */
export function readSchedule(
  name: string,
  data: unknown,
  clusters: readonly ScheduledCluster[],
): { readonly schedule: Schedule; readonly problems: readonly [] } | { schedule: null; problems: readonly string[] } {
  if (!dnsName.safeParse(name).success) {
    return { schedule: null, problems: [`"${name}" is no name of lower-case letters, digits, "-" and "."`] };
  }
  const { findings, value } = checkData(scheduleSchema, data);
  const waves = new Map(clusters.map(cluster => [cluster.name, cluster.waves]));
  const deeper = value && findings.length === 0 ? checkSchedule(value, [], waves) : [];
  const all = [...findings, ...deeper];
  if (value && all.length === 0) return { schedule: compileSchedule(name, value, path => path), problems: [] };
  return { schedule: null, problems: all.map(show) };
}

function show({ path, message }: Finding): string {
  return path.length === 0 ? message : `${showPath(path)}: ${message}`;
}
