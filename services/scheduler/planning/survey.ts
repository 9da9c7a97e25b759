import { nodeKey } from '../../../shared/domain/names.ts';
import { type Plan, type PlanNode, planClusters, planNodes, policyOf } from '../../../shared/domain/plan.ts';
import { NOT_NARROWED } from '../../../shared/domain/plan-build/narrow.ts';
import { reasonsOf } from '../../../shared/domain/reboot-due.ts';
import type { NodeDue } from '../../../shared/domain/survey/survey.ts';
import { clip } from '../../../shared/domain/text.ts';
import { leftOpen } from '../../common/planning/left-open.ts';
import { makePlan } from '../../common/planning/make-plan.ts';
import type { Due } from '../../common/planning/probe.ts';
import { askHosts } from './ask-hosts.ts';
import type { PlanningDeps } from './deps.ts';
import { problemsOf } from './problems.ts';

/** Hosts are asked in groups of so many; before each it is looked which of them a rollout works on. */
const GROUP = 50;
const REASON_CHARS = 300;

/**
 * Asks the hosts of a cluster what there is to do on them, and keeps it. Those that a rollout works on are left alone: what
 * they said last stays. `outdated`: only those on which a rollout has worked since. A cluster that cannot be planned keeps
 * the survey it has.
 */
export async function surveyCluster(deps: PlanningDeps, cluster: string, outdated: boolean): Promise<void> {
  const { surveys, store, log } = deps;
  const found = await planOf(deps, cluster);
  if ('problem' in found) {
    log.warn({ cluster, problem: found.problem }, 'the hosts of a cluster cannot be asked what there is to do');
    return;
  }
  const { plan } = found;
  const only = outdated ? new Set(await surveys.outdated(cluster)) : null;
  const meant = planNodes(plan).filter(({ name }) => only === null || only.has(name));
  const answers = await askInGroups(deps, plan, meant);
  if (only) return surveys.keepAnswers(cluster, answers);
  const before = new Map((await surveys.survey(cluster))?.nodes.map(each => [each.node, each]));
  const said = new Map(answers.map(each => [each.node, each]));
  const nodes = meant.flatMap(({ name }) => said.get(name) ?? before.get(name) ?? []);
  const stage = plan.stages[0]?.name ?? '';
  const { fleetFile } = deps;
  await surveys.keepSurvey({ fleet: plan.fleet, fleetFile, cluster, stage, atMs: await store.now(), nodes });
}

async function planOf(
  deps: PlanningDeps,
  cluster: string,
): Promise<{ readonly plan: Plan } | { readonly problem: string }> {
  const made = await makePlan({
    fleetFile: deps.fleetFile,
    narrow: { ...NOT_NARROWED, clusters: [cluster] },
    connectClusters: async () => leftOpen(deps.connectCluster),
    clock: deps.clock,
    signal: deps.signal,
  });
  if (made.kind === 'planned') return { plan: made.plan };
  return { problem: problemsOf(made).problems[0]?.message ?? made.kind };
}

async function askInGroups(deps: PlanningDeps, plan: Plan, nodes: readonly PlanNode[]): Promise<NodeDue[]> {
  const answers: NodeDue[] = [];
  for (let from = 0; from < nodes.length; from += GROUP) {
    const away = await awayNow(deps);
    const group = nodes.slice(from, from + GROUP).filter(({ cluster, name }) => !away.has(nodeKey(cluster, name)));
    // Before they are asked: whoever a rollout is done with meanwhile may have answered earlier, and is asked again.
    const atMs = await deps.store.now();
    const due = await askHosts(deps, plan, group);
    answers.push(...due.map((each, at) => answerOf(each, plan, group[at], atMs)));
  }
  return answers;
}

/** `cluster/node` of all that rollouts work on. */
async function awayNow({ store }: PlanningDeps): Promise<ReadonlySet<string>> {
  const held = await Promise.all((await store.active()).map(id => store.holdings(id)));
  return new Set(held.flatMap(Object.values<string>));
}

function answerOf(
  { cluster, node, work, failure }: Due,
  plan: Plan,
  planned: PlanNode | undefined,
  atMs: number,
): NodeDue {
  const waves = planClusters(plan).find(({ name }) => name === cluster)?.waves ?? [];
  const wave = Math.max(
    0,
    waves.findIndex(({ nodes }) => nodes.some(({ name }) => name === node)),
  );
  const at = { cluster, node, wave, atMs, patchedAtMs: null };
  if (!work) return { ...at, failure: clip(failure.message, REASON_CHARS), ...UNKNOWN };
  const upgrades = planned !== undefined && policyOf(plan, planned).upgrade.manager !== 'none';
  const { pending, reboot } = work;
  return {
    ...at,
    failure: '',
    updates: upgrades ? (pending?.changes.length ?? null) : null,
    rebootDue: reboot.needed,
    rebootReason: reboot.needed ? clip(reasonsOf(reboot.evidence).join('; '), REASON_CHARS) : '',
    runningKernel: work.kernel,
    newestKernel: reboot.kernels?.newest ?? null,
    bootedAtMs: Math.round(atMs - work.uptimeSeconds * 1000),
  };
}

const UNKNOWN = {
  updates: null,
  rebootDue: null,
  rebootReason: '',
  runningKernel: null,
  newestKernel: null,
  bootedAtMs: null,
} as const;
