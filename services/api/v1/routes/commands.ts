import type { Command } from '../../../../shared/domain/command.ts';
import { Problem } from '../../problem.ts';
import type { ApiApp, RouteParts } from '../route.ts';
import { commandAnswer, commandBody } from '../schema/command.ts';
import { answer, rolloutParams } from '../schema/common.ts';
import { problems } from '../schema/problem.ts';
import { found } from './rollouts.ts';

/** A command is small. */
const BODY_BYTES = 16 * 1024;

/** What changes rollouts. */
export function commandRoutes(app: ApiApp, { rollouts }: RouteParts): void {
  app.post(
    '/rollouts/:id/commands',
    {
      bodyLimit: BODY_BYTES,
      config: { role: 'operator' },
      schema: {
        operationId: 'command',
        summary: 'Does something to a rollout',
        description:
          'Every command is an event with who, when and why. Where the answer was lost, or was not-ready, send it again: what is done already is not done twice.',
        tags: ['rollouts'],
        params: rolloutParams,
        body: commandBody,
        response: {
          200: answer('Done', commandAnswer),
          ...problems('bad-request', 'unknown-rollout', 'command-refused', 'body-too-large', 'not-json', 'not-ready'),
        },
      },
    },
    async request => {
      const { why, ...command } = request.body;
      const {
        person,
        params: { id },
      } = request;
      request.act = actOf(command);
      found(await rollouts.plan(id), id);
      const { ok, note } = await rollouts.command(id, command, person.name, why);
      if (!ok) throw new Problem('command-refused', note);
      return { note };
    },
  );
}

/** Such as `pause`, `retry eu-1/node-3`. */
function actOf(command: Command): string {
  const cluster = 'cluster' in command ? command.cluster : null;
  const node = 'node' in command ? `${command.node}` : null;
  return [command.kind, cluster && [cluster, node].filter(Boolean).join('/')].filter(Boolean).join(' ');
}
