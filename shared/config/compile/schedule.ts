import type { Schedule } from '../../domain/schedule.ts';
import { fill } from '../option.ts';
import { type ScheduleFile, scheduleTable } from '../schema/schedule.ts';
import { compilePolicyLayer } from './policy.ts';
import type { ToAbsolute } from './ssh.ts';

/** A schedule in our units. */
export function compileSchedule(name: string, file: ScheduleFile, toAbsolute: ToAbsolute): Schedule {
  const { cron, timeZone, mode, overlap, catchUp, ...rest } = fill(scheduleTable, [file]);
  const { clusters = [], waves = [], nodes = [], limit = null, selector = '', onlyIf = null } = rest;
  const narrow = { clusters, waves, nodes, limit, selector };
  const policy = rest.policy ? compilePolicyLayer(rest.policy, toAbsolute) : null;
  return { name, cron, zone: timeZone, mode, narrow, policy, overlap, catchUpMs: catchUp.ms, onlyIf };
}
