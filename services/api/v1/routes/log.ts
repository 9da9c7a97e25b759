import { z } from 'zod';
import { STEPS, type StepName } from '../../../../shared/domain/steps.ts';
import type { ApiRollouts } from '../../ports.ts';
import { Problem } from '../../problem.ts';
import { liveAnswer, sendStream, wantsStream } from '../live/answer.ts';
import { logFrames } from '../live/log-frames.ts';
import { Ticks } from '../live/sse.ts';
import type { ApiApp, RouteParts } from '../route.ts';
import { nodeParams, stepName } from '../schema/common.ts';
import { nodeLog } from '../schema/log.ts';
import { NODE_PROBLEMS, nodeOf } from './nodes.ts';

const whole = (min: number) =>
  z.coerce
    .number({ error: `expected a whole number from ${min}` })
    .int({ error: `expected a whole number from ${min}` })
    .min(min, { error: `expected a whole number from ${min}` });

const logQuery = z.strictObject({
  step: stepName
    .optional()
    .describe('Only of this step, needed for a stream; missing: of all that have printed something'),
  round: whole(1).optional().describe('Missing: the latest'),
  from: whole(0).default(0).describe('The row to begin with'),
});

const lastRow = z
  .string()
  .regex(/^\d{1,9}$/, { error: 'expected the id of the last event' })
  .describe('The row to go on with, as browsers send it after a lost connection');

const EVENTS =
  'rows with the rows (at first perhaps none) and next, which is also the id: what Last-Event-ID gives back wins over from; tick with atMs every 5 s';

interface OfRound {
  readonly cluster: string;
  readonly node: string;
  readonly round: number;
}

/** What a node's commands printed: in pieces, and live. */
export function logRoutes(app: ApiApp, { rollouts, statuses, streams, tickMs }: RouteParts): void {
  app.get(
    '/rollouts/:id/nodes/:cluster/:node/log',
    {
      exposeHeadRoute: false,
      config: { role: 'viewer' },
      schema: {
        operationId: 'getNodeLog',
        summary: 'What the commands on a node printed, and after » what the steps did',
        tags: ['nodes'],
        params: nodeParams,
        querystring: logQuery,
        headers: z.object({ 'last-event-id': lastRow.optional() }),
        response: { 200: liveAnswer('The rows, step by step', nodeLog, EVENTS), ...NODE_PROBLEMS },
      },
    },
    async (request, reply) => {
      const { params, query, headers } = request;
      const { id, cluster, node } = params;
      reply.header('vary', 'accept');
      const roundNow = async () => (await nodeOf(statuses, params)).round;
      // Looked up whatever round is asked for: of a node there is not, nothing would be told for ever.
      const latest = await roundNow();
      const round = query.round ?? latest;
      if (!wantsStream(request)) return pieces(rollouts, id, { cluster, node, round }, query);
      const { step } = query;
      if (step === undefined) throw new Problem('bad-request', 'query.step: a stream is of one step');
      let followed = round;
      const rows = async (from: number) => {
        if (followed === 0) followed = await roundNow();
        return followed === 0 ? [] : rollouts.stepLog(id, { cluster, node, round: followed, step }, from);
      };
      const from = Number(headers['last-event-id'] ?? query.from);
      const ticks = new Ticks(() => rollouts.now(), tickMs);
      return sendStream(streams, reply, signal => logFrames({ rows, from, ticks, signal }));
    },
  );
}

async function pieces(
  rollouts: ApiRollouts,
  id: string,
  of: OfRound,
  { step: asked, from }: { readonly step?: StepName | undefined; readonly from: number },
) {
  const names = asked === undefined ? STEPS : [asked];
  const steps =
    of.round === 0
      ? []
      : await Promise.all(
          names.map(async step => {
            const rows = await rollouts.stepLog(id, { ...of, step }, from);
            return { step, from, rows, next: from + rows.length };
          }),
        );
  return { round: of.round, steps: steps.filter(({ step, rows }) => rows.length > 0 || step === asked) };
}
