import type { ScheduleSummary, Schedules } from '../../../common/schedules.ts';
import { CliError, EXIT } from '../../exit.ts';
import type { Session } from '../../wiring.ts';
import { type ServerAccess, ServerClient } from './client.ts';
import { ServerProblem } from './problem.ts';
import { part, remoteRollouts } from './rollouts.ts';

/** What the commands ask of the server at `access.url`. It runs its own engine: none is started here. */
export function remoteSession(access: ServerAccess): Session {
  const client = new ServerClient(access);
  const notHere = (what: string) => (): never => {
    throw new CliError(EXIT.badInput, `${what} is done on the server itself, not over --server`);
  };
  return {
    where: `server ${access.url}`,
    ownsRedis: false,
    rollouts: remoteRollouts(client),
    schedules: remoteSchedules(client),
    surveys: { surveys: notHere('asking what there is to do') },
    notifications: { list: notHere('looking at notifications') },
    startScheduler: notHere('running a scheduler'),
    startWorker: notHere('running a worker'),
    startApi: notHere('serving HTTP'),
    close: async () => undefined,
  };
}

function remoteSchedules(client: ServerClient): Schedules {
  return {
    list: async () => (await client.get<{ schedules: ScheduleSummary[] }>('/schedules')).schedules,
    add: () => {
      throw new CliError(
        EXIT.badInput,
        'a schedule is added on the server itself, where its fleet file is, or in its page',
      );
    },
    remove: name => isThere(client.delete(`/schedules/${part(name)}`)),
    runNow: name => isThere(client.post(`/schedules/${part(name)}/runs`, {})),
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
