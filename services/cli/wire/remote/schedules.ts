import type { ScheduleSummary, Schedules } from '../../../common/schedules.ts';
import { CliError, EXIT } from '../../exit.ts';
import type { ServerClient } from './client.ts';
import { ServerProblem } from './problem.ts';
import { part } from './rollouts.ts';

/** The schedules of a server. It adds one itself, from what its fleet file knows: see `addSchedule` of its planning. */
export function remoteSchedules(client: ServerClient): Schedules {
  return {
    list: async () => (await client.get<{ schedules: ScheduleSummary[] }>('/schedules')).schedules,
    add: () => {
      throw new CliError(EXIT.badInput, 'a schedule of a server belongs to a fleet file there');
    },
    remove: name => isThere(client.delete(`/schedules/${part(name)}`)),
    runNow: name => isThere(client.postOnce(`/schedules/${part(name)}/runs`, {})),
  };
}

async function isThere(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch (error) {
    if (error instanceof ServerProblem && error.problem === 'unknown-schedule') return false;
    throw error;
  }
}
