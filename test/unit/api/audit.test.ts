import { expect, it } from 'vitest';
import { buildServer } from '../../../services/api/server.ts';
import { SILENT_LOG } from '../../../services/common/log.ts';
import type { PlanningDesk } from '../../../services/common/planning/desk.ts';
import { KeptAudit, NO_PLANNING, NO_ROLLOUTS, partsOf } from '../../helpers/api-server.ts';

const DRAFT = 'd-20260301-120000-k3f9x2';
const PLANNING: PlanningDesk = {
  ...NO_PLANNING,
  begin: async draft => ({ kind: 'begun', rollout: draft.replace('d-', 'r-'), first: true }),
  addSchedule: async () => ({ kind: 'added' }),
  askSurvey: async clusters => ({ kind: 'asked', clusters }),
};
const SCHEDULE = { name: 'nightly', cron: '0 22 * * *', timeZone: 'Europe/Berlin' };

it.each([
  ['/rollouts', { draft: DRAFT }, `begin ${DRAFT}`],
  ['/rollouts', { draft: DRAFT, takeOver: true, ignoreBlockers: true }, `begin ${DRAFT}, takeOver, ignoreBlockers`],
  ['/schedules', SCHEDULE, 'add schedule nightly'],
  ['/surveys', { clusters: ['eu-1', 'eu-2'] }, 'survey eu-1, eu-2'],
  ['/surveys', {}, 'survey'],
])('the audit log says what %s was asked for', async (path, payload, what) => {
  const audit = new KeptAudit();
  const app = await buildServer({ ...partsOf(NO_ROLLOUTS, undefined, PLANNING), audit }, { host: '127.0.0.1' });
  const { statusCode } = await app.inject({ method: 'POST', url: `/api/v1${path}`, payload });
  expect(statusCode).toBeLessThan(300);
  expect(audit.entries).toMatchObject([{ name: 'local', what, path: `/api/v1${path}`, result: 'done' }]);
  await app.close();
});

/** A server whose audit log adds entries like this; runs a schedule on it. */
async function runSchedule(add: KeptAudit['add']) {
  const logged: string[] = [];
  const say = (fields: object, text: string) => void logged.push(`${text} ${JSON.stringify(fields)}`);
  const log = { ...SILENT_LOG, error: say };
  const schedules = { ...NO_PLANNING.schedules, runNow: async () => true };
  const parts = partsOf(NO_ROLLOUTS, undefined, { ...NO_PLANNING, schedules });
  const audit = Object.assign(new KeptAudit(), { add });
  const app = await buildServer({ ...parts, audit, log }, { host: '127.0.0.1' });
  const answer = await app.inject({ method: 'POST', url: '/api/v1/schedules/nightly/runs' });
  void app.close();
  return [...logged, `answered ${answer.statusCode}`];
}

it('an act is noted before it is answered', async () => {
  let noted = '';
  const answered = runSchedule(async ({ what }) => {
    for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate);
    noted = what;
  }).then(logged => [noted, logged]);
  expect(await answered).toEqual(['runSchedule', ['answered 202']]);
});

it('an act that cannot be noted is answered as it was done, and the log says so', async () => {
  const logged = await runSchedule(() => Promise.reject(new Error('gone')));
  expect(logged).toEqual(['the audit log cannot be written {"error":"Error: gone"}', 'answered 202']);
});
