import { type NodeView, workMarkOf } from '../../shared/domain/facts.ts';
import { failureOf } from '../../shared/domain/failure.ts';
import { type Plan, type PlanCluster, policyOf } from '../../shared/domain/plan.ts';
import { resolveAmount } from '../../shared/domain/policy.ts';
import { type Claimant, checkClaim } from '../../shared/gates/claim-checks.ts';
import { budgetName, isShort } from '../../shared/gates/recovery.ts';
import { tooSoon } from '../../shared/gates/too-soon.ts';
import { isAway, isControlPlane } from '../../shared/gates/unavailable.ts';
import type { ClaimRequest } from '../../shared/ports/engine-store.ts';
import type { SlotJob } from '../../shared/queue/names.ts';
import { askWindows } from './claim-window.ts';
import type { SchedulerDeps } from './deps.ts';
import { domainsOf } from './domains.ts';
import type { ClusterFacts } from './facts.ts';
import { planWave } from './plan-parts.ts';

/** The script needs only the next few. */
const MOST_CANDIDATES = 50;

type Judged = Pick<ClaimRequest, 'candidates' | 'settle' | 'held'>;

/** What a slot asks of the store, and what is known of gates that are closed. */
export interface BuiltClaim {
  readonly request: ClaimRequest;
  /** When a closed window or gate may open, ms since the epoch; null: soon, nothing is known. */
  readonly lookAgainAtMs: number | null;
  /** Takes what gates hold as long as nodes are away. Returns why something cannot be held; empty: all is. */
  readonly holds: () => Promise<readonly string[]>;
}

/** Looks at the world and says what a slot asks of the store; gates that are shut go along as reasons. */
export async function buildClaim(
  deps: SchedulerDeps,
  data: SlotJob,
  cluster: PlanCluster,
  give: ClaimRequest['give'],
): Promise<BuiltClaim> {
  const { rollout, wave, slot } = data;
  const [plan, meta, pending] = await Promise.all([
    deps.store.plan(rollout),
    deps.store.meta(rollout),
    deps.store.pending(rollout, cluster.name, wave),
  ]);
  if (!plan || !meta) throw new Error(`rollout ${rollout} is not in the store`);
  const base = { cluster: cluster.name, wave, slot, give, factsMaxAgeMs: cluster.policy.factsMaxAgeMs };
  const shut = (reason: string): BuiltClaim => {
    const request = { ...base, ...nothing(pending), closed: [reason] };
    return { request, lookAgainAtMs: null, holds: () => Promise.resolve([]) };
  };
  const us = { installation: meta.installation, rollout };
  const lease = await deps.leases.hold(cluster, us, deps.signal);
  if (lease) return shut(`cluster ${cluster.name} is not ours: ${lease}`);
  let facts: ClusterFacts;
  try {
    facts = await deps.facts.gather(cluster, deps.signal);
  } catch (error) {
    return shut(`cluster ${cluster.name} cannot be asked: ${failureOf(error).message}`);
  }
  const judged = judge(plan, cluster, wave, pending, facts.nodes, us);
  const windows = await askWindows(deps, plan, cluster, wave, judged.candidates);
  const gates = await askGates(deps, data, cluster, windows.candidates, facts);
  const reboots = await askReboots(deps, cluster);
  const shutNow = [...(windows.shut === null ? [] : [windows.shut]), ...gates.shut, ...reboots.shut];
  const asked = { candidates: gates.candidates, closed: [], shut: shutNow };
  return {
    holds: () => deps.holds.take(cluster, us, deps.signal),
    request: { ...base, ...judged, ...asked, ...world(cluster, facts, gates.oneAtATime) },
    lookAgainAtMs: windows.opensAtMs ?? gates.lookAgainAtMs ?? reboots.lookAgainAtMs,
  };
}

/** Whether the cluster's last reboot is long enough ago. */
async function askReboots({ store, clock }: SchedulerDeps, { name, policy }: PlanCluster) {
  if (policy.minTimeBetweenRebootsMs === 0) return { shut: [], lookAgainAtMs: null };
  const { atMs, inMs } = await store.nextReboot(name, '', policy.minTimeBetweenRebootsMs);
  return inMs === 0 ? { shut: [], lookAgainAtMs: null } : { shut: [tooSoon(atMs)], lookAgainAtMs: clock.now() + inMs };
}

/** What a claim says of the cluster as it is. */
function world(
  cluster: PlanCluster,
  { nodes, budgets, atMs }: ClusterFacts,
  oneAtATime: ReadonlyMap<string, readonly string[]>,
) {
  const { policy, size } = cluster;
  const away = [...nodes.values()].filter(isAway);
  return {
    unavailable: away.map(node => node.name),
    unavailableControlPlane: away.filter(isControlPlane).map(node => node.name),
    maxUnavailable: resolveAmount(policy.maxUnavailable, nodes.size || size),
    perDomain: domainsOf(cluster, nodes, oneAtATime),
    shortBefore: budgets.filter(isShort).map(budgetName),
    factsAtMs: atMs,
  };
}

/** What the gates say of these candidates; those with our mark already are taken whatever they say. */
async function askGates(
  { gates, signal }: SchedulerDeps,
  { rollout, wave }: SlotJob,
  cluster: PlanCluster,
  judged: Judged['candidates'],
  { nodes }: ClusterFacts,
) {
  const names = new Set(judged.filter(({ adopt }) => !adopt).map(({ node }) => node));
  const candidates = planWave(cluster, wave).nodes.filter(node => names.has(node.name));
  const answers = await gates.ask({ moment: 'claim', rollout, cluster, nodes, candidates }, signal);
  const marked = judged.map(each => {
    const reasons = each.adopt ? undefined : answers.nodes.get(each.node);
    const shut = [...(each.shut === undefined ? [] : [each.shut]), ...(reasons ?? [])];
    return each.adopt || shut.length === 0 ? each : { ...each, shut: shut.join('; ') };
  });
  return { ...answers, candidates: marked };
}

/** Without facts nothing may be taken; the names still say that something is left. */
function nothing(pending: readonly string[]) {
  return {
    candidates: pending.slice(0, 1).map(node => ({ node, adopt: false })),
    settle: [],
    held: [],
    shut: [],
    unavailable: [],
    unavailableControlPlane: [],
    maxUnavailable: 0,
    shortBefore: [],
    factsAtMs: 0,
  };
}

/** Every pending node of the wave by the claim checks, in plan order; nodes with our mark come first, of any wave. */
function judge(
  plan: Plan,
  cluster: PlanCluster,
  wave: number,
  pending: readonly string[],
  views: ReadonlyMap<string, NodeView>,
  us: Claimant,
): Judged {
  const left = new Set(pending);
  const adopted = new Set(ourMarks(views, us));
  const judged = { candidates: [] as { node: string; adopt: boolean }[], settle: [], held: [] } as {
    candidates: { node: string; adopt: boolean }[];
    settle: { node: string; state: 'skipped' | 'excluded'; reason: string }[];
    held: { node: string; reason: string }[];
  };
  const everyNode = adopted.size === 0 ? [] : cluster.waves.flatMap(other => other.nodes);
  const inPlan = everyNode.filter(node => adopted.has(node.name));
  for (const node of inPlan) judged.candidates.push({ node: node.name, adopt: true });
  for (const node of planWave(cluster, wave).nodes) {
    if (!left.has(node.name) || adopted.has(node.name)) continue;
    const check = checkClaim(node, policyOf(plan, node), cluster.labels, views.get(node.name), us);
    if (check.kind === 'hold') judged.held.push({ node: node.name, reason: check.reason });
    else if (check.kind === 'settle') {
      judged.settle.push({ node: node.name, state: check.state, reason: check.reason });
    } else if (judged.candidates.length < MOST_CANDIDATES) judged.candidates.push({ node: node.name, adopt: false });
  }
  return judged;
}

function ourMarks(views: ReadonlyMap<string, NodeView>, us: Claimant): string[] {
  const marked = [...views.values()].filter(view => {
    const mark = workMarkOf(view.annotations);
    return (
      mark !== null && mark !== 'unreadable' && mark.installation === us.installation && mark.rollout === us.rollout
    );
  });
  return marked.map(view => view.name);
}
