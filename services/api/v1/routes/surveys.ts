import { Problem } from '../../problem.ts';
import type { ApiApp, RouteParts } from '../route.ts';
import { answer } from '../schema/common.ts';
import { clusterParams } from '../schema/draft.ts';
import { problems } from '../schema/problem.ts';
import { clusterSurvey, surveyAsked, surveyBody } from '../schema/survey.ts';

/** What there is to do on hosts. */
export function surveyRoutes(app: ApiApp, { planning }: RouteParts): void {
  app.get(
    '/clusters/:cluster/due',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'getDue',
        summary: 'What there is to do on the hosts of a cluster, as they said when they were asked last',
        tags: ['planning'],
        params: clusterParams,
        response: {
          200: answer('The hosts', clusterSurvey),
          ...problems('bad-request', 'unknown-cluster', 'not-ready'),
        },
      },
    },
    async ({ params: { cluster } }) => {
      const survey = await planning.survey(cluster);
      if (!survey) throw new Problem('unknown-cluster', `nobody has asked the hosts of a cluster ${cluster}`);
      return survey;
    },
  );
  askRoute(app, planning);
}

function askRoute(app: ApiApp, planning: RouteParts['planning']): void {
  app.post(
    '/surveys',
    {
      config: { role: 'operator' },
      schema: {
        operationId: 'survey',
        summary: 'Asks the hosts of clusters anew what there is to do on them',
        description:
          'Their package lists are refreshed, nothing else is changed. Hosts that a rollout works on are left alone. A cluster that waits to be asked already is asked once.',
        tags: ['planning'],
        body: surveyBody,
        response: {
          202: answer('They are asked', surveyAsked),
          ...problems('bad-request', 'unknown-cluster', 'no-planner', 'body-too-large', 'not-json', 'not-ready'),
        },
      },
    },
    async (request, reply) => {
      const { clusters } = request.body;
      request.act = ['survey', clusters.join(', ')].filter(Boolean).join(' ');
      const asked = await planning.askSurvey(clusters);
      if (asked.kind === 'no-planner') throw new Problem('no-planner', asked.why);
      if (asked.kind === 'unknown') {
        const known = asked.known.join(', ');
        throw new Problem('unknown-cluster', `no running scheduler has a cluster ${asked.cluster}; there are ${known}`);
      }
      return reply.code(202).send({ clusters: asked.clusters });
    },
  );
}
