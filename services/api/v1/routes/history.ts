import { z } from 'zod';
import { NODE_STATES } from '../../../../shared/domain/events.ts';
import { type NodePast, nodePast } from '../../../../shared/domain/view/history.ts';
import type { ApiRollouts } from '../../ports.ts';
import type { ApiApp, RouteParts } from '../route.ts';
import { answer, describes, maybeTimeMs, name } from '../schema/common.ts';
import { problems } from '../schema/problem.ts';
import { summary } from '../schema/rollout.ts';

/** Rollouts told of at most; each costs a look through the end of its journal. */
const MOST = 20;

const past = describes<NodePast>()({
  rollout: z.string(),
  fleet: z.string(),
  state: summary.shape.state.describe('Of the rollout'),
  outcome: z.enum(NODE_STATES).describe('How the node stands in it'),
  reason: z.string().describe('Why, where it is not done'),
  rounds: z.int().describe('How often it was taken; 0: never'),
  claimedAtMs: maybeTimeMs('When it was taken the last time'),
  endedAtMs: maybeTimeMs('When that ended'),
  packages: z.int().nullable().describe('Packages that are another version since; null: not known'),
  rebooted: z.boolean(),
}).meta({ id: 'NodePast' });

const history = z.object({
  rollouts: z.array(past).describe(`The last ${MOST} that had it in their plan, newest first`),
});

/** What earlier rollouts did to a node. */
export function historyRoutes(app: ApiApp, { rollouts }: RouteParts): void {
  app.get(
    '/clusters/:cluster/nodes/:node/history',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'getNodeHistory',
        summary: 'What rollouts did to a node, the latest first; empty where none knows it',
        tags: ['nodes'],
        params: z.strictObject({ cluster: name('Name of the cluster'), node: name('Name of the node') }),
        response: { 200: answer('The rollouts', history), ...problems('bad-request', 'not-ready') },
      },
    },
    async ({ params }) => ({ rollouts: await pastOf(rollouts, params) }),
  );
}

async function pastOf(rollouts: ApiRollouts, of: { cluster: string; node: string }): Promise<NodePast[]> {
  const all = (await rollouts.list()).toSorted((a, b) => b.createdAtMs - a.createdAtMs);
  const found: NodePast[] = [];
  for (const summary of all.filter(({ clusters }) => clusters.includes(of.cluster))) {
    if (found.length >= MOST) break;
    const events = await rollouts.nodeEvents(summary.id, of.cluster, of.node);
    if (events !== null) found.push(nodePast(summary, of, events));
  }
  return found;
}
