import type { Schedule } from '../../domain/schedule.ts';
import { fill } from '../option.ts';
import { type ScheduleFile, scheduleTable } from '../schema/schedule.ts';

/** A schedule in our units. */
export function compileSchedule(name: string, file: ScheduleFile): Schedule {
  const { cron, timeZone, mode, overlap, catchUp, ...rest } = fill(scheduleTable, [file]);
  const { clusters = [], waves = [], nodes = [], limit = null, selector = '', onlyIf = null } = rest;
  const narrow = { clusters, waves, nodes, limit, selector };
  return { name, cron, zone: timeZone, mode, narrow, overlap, catchUpMs: catchUp.ms, onlyIf };
}
