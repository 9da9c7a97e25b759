import { z } from 'zod';
import { Problem } from '../../problem.ts';
import type { ApiApp, RouteParts } from '../route.ts';
import { answer } from '../schema/common.ts';
import { beginBody, begunAnswer, draft, draftList, draftParams, draftRequest } from '../schema/draft.ts';
import { problems } from '../schema/problem.ts';

/** Of names a request may hold many. */
const BODY_BYTES = 64 * 1024;

/** Plans that are made on the server. */
export function draftRoutes(app: ApiApp, { planning }: RouteParts): void {
  app.get(
    '/drafts',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'listDrafts',
        summary: 'The plans that were made on the server, and the schedulers that can make further ones',
        tags: ['planning'],
        response: { 200: answer('The drafts', draftList), ...problems('not-ready') },
      },
    },
    async () => {
      const [drafts, planners] = await Promise.all([planning.drafts(), planning.planners()]);
      return { drafts, planners };
    },
  );
  makeRoute(app, planning);
  oneDraft(app, planning);
}

function makeRoute(app: ApiApp, planning: RouteParts['planning']): void {
  app.post(
    '/drafts',
    {
      bodyLimit: BODY_BYTES,
      config: { role: 'operator' },
      schema: {
        operationId: 'makeDraft',
        summary: 'Has a plan made, with its preflight and estimate; nothing begins',
        description:
          'A scheduler that has the fleet file makes it: look at the draft until it is ready or refused. Drafts go by themselves after a week.',
        tags: ['planning'],
        body: draftRequest,
        response: {
          202: answer('It is asked for', draft),
          ...problems('bad-request', 'no-planner', 'body-too-large', 'not-json', 'not-ready'),
        },
      },
    },
    async ({ body: { key, ...request }, person }, reply) => {
      const asked = await planning.askDraft(request, person.name, key);
      if (asked.kind === 'no-planner') throw new Problem('no-planner', asked.why);
      return reply.code(202).send(asked.draft);
    },
  );
}

function oneDraft(app: ApiApp, planning: RouteParts['planning']): void {
  app.get(
    '/drafts/:id',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'getDraft',
        summary: 'One plan, as far as it is made',
        tags: ['planning'],
        params: draftParams,
        response: { 200: answer('The draft', draft), ...problems('bad-request', 'unknown-draft', 'not-ready') },
      },
    },
    async ({ params: { id } }) => {
      const found = await planning.draft(id);
      if (!found) throw unknown(id);
      return found;
    },
  );
  app.delete(
    '/drafts/:id',
    {
      config: { role: 'operator' },
      schema: {
        operationId: 'removeDraft',
        summary: 'Throws a plan away; a rollout that began with it stays',
        tags: ['planning'],
        params: draftParams,
        response: { 200: answer('It is gone', z.object({})), ...problems('bad-request', 'unknown-draft', 'not-ready') },
      },
    },
    async ({ params: { id } }) => {
      if (!(await planning.removeDraft(id))) throw unknown(id);
      return {};
    },
  );
}

/** What begins with a draft. */
export function beginRoutes(app: ApiApp, { planning }: RouteParts): void {
  app.post(
    '/rollouts',
    {
      config: { role: 'operator' },
      schema: {
        operationId: 'beginRollout',
        summary: 'Begins the rollout of a plan, exactly as it was shown',
        description:
          'A draft begins one rollout: sent again, the answer is the same rollout. Refused when the plan is older than an hour, or its preflight found what would stop it.',
        tags: ['planning'],
        body: beginBody,
        response: {
          201: begunAnswer,
          ...problems(
            ...(['bad-request', 'unknown-draft', 'draft-refused', 'clusters-held'] as const),
            ...(['body-too-large', 'not-json', 'not-ready'] as const),
          ),
        },
      },
    },
    async (request, reply) => {
      const {
        person,
        body: { draft: id, ...options },
      } = request;
      request.act = actOf(id, options);
      const answered = await planning.begin(id, person.name, options);
      if (answered.kind === 'unknown') throw unknown(id);
      if (answered.kind === 'refused') throw new Problem('draft-refused', answered.why);
      if (answered.kind === 'held') {
        const { cluster, rollout } = answered;
        throw new Problem('clusters-held', `cluster ${cluster} is held by rollout ${rollout}: end that one first`);
      }
      return reply.code(201).send({ id: answered.rollout });
    },
  );
}

/** Such as `begin d-20260301-120000-k3f9x2, ignoreBlockers`. */
function actOf(draft: string, options: Readonly<Record<string, boolean>>): string {
  const chosen = Object.entries(options).flatMap(([name, isChosen]) => (isChosen ? [name] : []));
  return [`begin ${draft}`, ...chosen].join(', ');
}

function unknown(id: string): Problem {
  return new Problem('unknown-draft', `there is no draft ${id}; drafts go by themselves after a week`);
}
