import { comparePlans } from '../../../shared/domain/draft/compare.ts';
import {
  type Draft,
  type DraftRequest,
  NOTHING_MADE,
  type PlanComparison,
} from '../../../shared/domain/draft/draft.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import { nodeKey } from '../../../shared/domain/names.ts';
import { type Plan, type PlanProblem, planClusters } from '../../../shared/domain/plan.ts';
import { estimateOf, readTimes } from '../../common/estimates.ts';
import { dueText } from '../../common/planning/due-text.ts';
import { leftOpen } from '../../common/planning/left-open.ts';
import { makePlan } from '../../common/planning/make-plan.ts';
import { preflightLive } from '../../common/planning/preflight-live.ts';
import { selfOf } from '../../common/planning/self.ts';
import { askHosts } from './ask-hosts.ts';
import type { PlanningDeps } from './deps.ts';
import { problemsOf, unreachableProblems } from './problems.ts';

type Seen = Pick<Draft, 'plan' | 'notes' | 'preflight' | 'due'>;
type Refused = { readonly problems: readonly PlanProblem[]; readonly notes: readonly string[] };

/**
 * Makes a draft that was asked for; one that is made, or gone, is left alone. Twice is as good as once. Throws only what may
 * be tried again: that the store did not answer, or that the scheduler stops.
 */
export async function makeDraft(deps: PlanningDeps, id: string): Promise<void> {
  const draft = await deps.drafts.draft(id);
  if (!draft || draft.state === 'ready' || draft.state === 'refused') return;
  await deps.drafts.making(id);
  const engines = await deps.store.engines();
  const seen = await look(deps, draft.request, engines).catch((error: unknown): Refused => {
    deps.signal.throwIfAborted();
    return { problems: [{ code: 'planning-failed', message: failureOf(error).message }], notes: [] };
  });
  if ('problems' in seen) return deps.drafts.finish(id, { ...NOTHING_MADE, ...seen, state: 'refused' });
  const { plan } = seen;
  await deps.drafts.finish(id, {
    ...NOTHING_MADE,
    ...seen,
    state: 'ready',
    estimate: plan && estimateOf(plan, null, await readTimes(deps.store, plan), deps.clock.now()),
    comparison: plan && (await comparisonOf(deps, plan)),
  });
}

/** All that the world is asked for. */
async function look(
  deps: PlanningDeps,
  { narrow, updates }: DraftRequest,
  engines: Parameters<typeof selfOf>[1],
): Promise<Seen | Refused> {
  const { clock, signal } = deps;
  const connectClusters = async () => leftOpen(deps.connectCluster);
  const made = await makePlan({
    fleetFile: deps.fleetFile,
    narrow,
    connectClusters,
    clock,
    signal,
    self: selfOf(deps.env, engines),
  });
  if (made.kind !== 'planned') return problemsOf(made);
  const { plan, notes } = made;
  const judged = await preflightLive(plan, { connectClusters, clock }, signal);
  if (judged.kind !== 'made') return { problems: unreachableProblems(judged.failures), notes };
  const answers = updates ? await askHosts(deps, plan) : [];
  const due = Object.fromEntries(answers.map(each => [nodeKey(each.cluster, each.node), dueText(each)]));
  return { plan, notes, preflight: judged.report, due };
}

/** With the plan of the newest rollout that has one of its clusters; null: there is none. */
async function comparisonOf({ store }: PlanningDeps, plan: Plan): Promise<PlanComparison | null> {
  const names = planClusters(plan).map(({ name }) => name);
  const latest = (await store.list())
    .filter(({ clusters }) => clusters.some(name => names.includes(name)))
    .sort((a, b) => b.createdAtMs - a.createdAtMs)[0];
  const before = latest && (await store.plan(latest.id));
  return before ? { rollout: latest.id, lines: comparePlans(before, plan) } : null;
}
