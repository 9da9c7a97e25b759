import { CliError, EXIT } from '../../exit.ts';
import type { Session } from '../../wiring.ts';
import { type ServerAccess, ServerClient } from './client.ts';
import { remotePlanning } from './planning.ts';
import { remoteRollouts } from './rollouts.ts';
import { remoteSchedules } from './schedules.ts';
import { remoteSurveys } from './surveys.ts';

/** What the commands ask of the server at `access.url`. It runs its own engine: none is started here. */
export function remoteSession(access: ServerAccess): Session {
  const client = new ServerClient(access);
  const notHere = (what: string) => (): never => {
    throw new CliError(EXIT.badInput, `${what} is done on the server itself, not over --server`);
  };
  return {
    where: `server ${access.url}`,
    ownsRedis: false,
    answers: notHere('looking after Redis'),
    rollouts: remoteRollouts(client),
    schedules: remoteSchedules(client),
    surveys: remoteSurveys(client),
    planning: remotePlanning(client),
    notifications: { list: notHere('looking at notifications') },
    startScheduler: notHere('running a scheduler'),
    startWorker: notHere('running a worker'),
    startApi: notHere('serving HTTP'),
    close: async () => undefined,
  };
}
