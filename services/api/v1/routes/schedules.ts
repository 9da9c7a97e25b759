import { z } from 'zod';
import type { PlanningDesk } from '../../../common/planning/desk.ts';
import { type FieldError, Problem } from '../../problem.ts';
import type { ApiApp, RouteParts } from '../route.ts';
import { answer } from '../schema/common.ts';
import { problems } from '../schema/problem.ts';
import { scheduleBody, scheduleList, scheduleParams } from '../schema/schedule.ts';

/** Rollouts that begin by themselves. */
export function scheduleRoutes(app: ApiApp, { planning }: RouteParts): void {
  app.get(
    '/schedules',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'listSchedules',
        summary: 'The schedules, by name, with their last starts and what came of these',
        tags: ['schedules'],
        response: { 200: answer('The schedules', scheduleList), ...problems('not-ready') },
      },
    },
    async () => ({ schedules: await planning.schedules.list() }),
  );
  addRoute(app, planning);
  removeRoute(app, planning);
  runRoute(app, planning);
}

function addRoute(app: ApiApp, planning: PlanningDesk): void {
  app.post(
    '/schedules',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'addSchedule',
        summary: 'Adds a schedule beside those of the fleet file',
        tags: ['schedules'],
        body: scheduleBody,
        response: {
          201: answer('It is added', z.object({ name: z.string() })),
          ...problems('bad-request', 'schedule-exists', 'no-planner', 'body-too-large', 'not-json', 'not-ready'),
        },
      },
    },
    async (request, reply) => {
      const {
        person,
        body: { name, ...data },
      } = request;
      request.act = `add schedule ${name}`;
      const added = await planning.addSchedule(name, writtenOf(data), person.name);
      if (added.kind === 'no-planner') throw new Problem('no-planner', added.why);
      if (added.kind === 'wrong')
        throw new Problem('bad-request', added.problems.join('; '), added.problems.map(fieldOf));
      if (added.kind === 'taken') {
        throw new Problem('schedule-exists', `there is a schedule ${name} already: remove it first`);
      }
      return reply.code(201).send({ name });
    },
  );
}

function removeRoute(app: ApiApp, { schedules }: PlanningDesk): void {
  app.delete(
    '/schedules/:name',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'removeSchedule',
        summary: 'Takes a schedule away; its rollouts stay. One of a fleet file comes back when the file is read anew',
        tags: ['schedules'],
        params: scheduleParams,
        response: {
          200: answer('It is gone', z.object({})),
          ...problems('bad-request', 'unknown-schedule', 'not-ready'),
        },
      },
    },
    async ({ params: { name } }) => {
      if (!(await schedules.remove(name))) throw unknown(name);
      return {};
    },
  );
}

function runRoute(app: ApiApp, { schedules }: PlanningDesk): void {
  app.post(
    '/schedules/:name/runs',
    {
      config: { role: 'operator' },
      schema: {
        operationId: 'runSchedule',
        summary: 'Starts a schedule now, as if its time had come; what comes of it is among its starts',
        tags: ['schedules'],
        params: scheduleParams,
        response: {
          202: answer('It starts', z.object({ name: z.string() })),
          ...problems('bad-request', 'unknown-schedule', 'not-ready'),
        },
      },
    },
    async ({ params: { name }, person }, reply) => {
      if (!(await schedules.runNow(name, person.name))) throw unknown(name);
      return reply.code(202).send({ name });
    },
  );
}

/** As a fleet file would say it: what is missing is not there. */
function writtenOf(data: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}

/** `clusters[0]: there is no cluster x` is about a field. */
function fieldOf(problem: string): FieldError {
  const [, field, message] = /^([a-z][\w.[\]]*): (.*)$/is.exec(problem) ?? [];
  return field && message ? { field: `body.${field}`, message } : { field: 'body', message: problem };
}

function unknown(name: string): Problem {
  return new Problem('unknown-schedule', `there is no schedule ${name}`);
}
