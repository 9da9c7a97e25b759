import type { ApiApp, RouteParts } from '../route.ts';
import { answer } from '../schema/common.ts';
import { problems } from '../schema/problem.ts';
import { engineList } from '../schema/rollout.ts';

/** What reads the engine. */
export function engineRoutes(app: ApiApp, { rollouts }: RouteParts): void {
  app.get(
    '/engines',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'listEngines',
        summary: 'The schedulers and workers that are alive now; without one, nothing goes on',
        tags: ['engine'],
        response: { 200: answer('The processes', engineList), ...problems('not-ready') },
      },
    },
    async () => ({ engines: await rollouts.engines() }),
  );
}
