import { expect, it } from 'vitest';
import { buildServer } from '../../../services/api/server.ts';
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
