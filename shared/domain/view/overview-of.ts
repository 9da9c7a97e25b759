import type { Plan } from '../plan.ts';
import { planClusters } from '../plan.ts';
import { resolveAmount } from '../policy.ts';
import type { RolloutStatus } from '../status.ts';
import { dueSummary } from '../survey/summary.ts';
import type { ClusterSurvey } from '../survey/survey.ts';
import type { AwayNode, ClusterOverview, Overview, ScheduleOverview } from './overview.ts';
import { zoneOf } from './picture-of.ts';
import type { EngineProcess, RolloutSummary } from './summary.ts';
import { waitingOf } from './waiting/of.ts';

/** What the plan of its latest rollout says of a cluster, or a survey where there is none. */
export type PlannedCluster = Pick<
  ClusterOverview,
  'fleet' | 'name' | 'stage' | 'planned' | 'kubernetes' | 'zone' | 'nodes' | 'maxUnavailable' | 'waves'
>;

/** What an overview is made from. */
export interface OverviewInput {
  readonly atMs: number;
  /** Newest first. */
  readonly rollouts: readonly RolloutSummary[];
  /** Those that have not ended. */
  readonly active: readonly { readonly plan: Plan; readonly status: RolloutStatus }[];
  readonly planned: readonly PlannedCluster[];
  readonly surveys: readonly ClusterSurvey[];
  readonly schedules: readonly ScheduleOverview[];
  readonly engines: readonly EngineProcess[];
  /** What the windows of a cluster say now; null: it has none, or they are not known. */
  windowOf(cluster: string): ClusterOverview['window'];
  /** When a rollout that was to take in all of it ended as done; null: none is known. */
  lastDoneAtMs(cluster: string): number | null;
}

/** The clusters of a plan, as overviews show them. */
export function plannedClusters(plan: Plan): PlannedCluster[] {
  const stageOf = new Map(plan.stages.flatMap(stage => stage.clusters.map(({ name }) => [name, stage.name])));
  return planClusters(plan).map(cluster => ({
    fleet: plan.fleet,
    name: cluster.name,
    stage: stageOf.get(cluster.name) ?? '',
    planned: true,
    kubernetes: cluster.kubernetes !== null,
    zone: zoneOf(cluster),
    nodes: cluster.size,
    maxUnavailable: resolveAmount(cluster.policy.maxUnavailable, cluster.size),
    waves: cluster.waves.map(({ name, sequences, nodes }) => ({ name, sequences, nodes: nodes.length })),
  }));
}

/** Everything the pages beside a single rollout show. Clusters by fleet and stage as they are handed in. */
export function overviewOf(input: OverviewInput): Overview {
  const { atMs, rollouts, active, schedules, engines } = input;
  const states = new Map(active.map(each => [each.status.id, each.status]));
  return {
    atMs,
    clusters: knownClusters(input).map(cluster => clusterOverview(input, cluster)),
    rollouts: rollouts.map(rollout => counted(rollout, states.get(rollout.id))),
    waiting: active.flatMap(({ plan, status }) => waitingOf(status, plan)).sort((a, b) => a.sinceMs - b.sinceMs),
    schedules,
    engines,
  };
}

/** Those of plans, then those that were only surveyed. */
function knownClusters({ planned, surveys }: OverviewInput): PlannedCluster[] {
  const names = new Set(planned.map(({ name }) => name));
  return [...planned, ...surveys.filter(({ cluster }) => !names.has(cluster)).map(surveyed)];
}

/** Surveys tell less than plans. */
function surveyed({ fleet, cluster, stage, nodes }: ClusterSurvey): PlannedCluster {
  const counts = new Map<number, number>();
  for (const { wave } of nodes) counts.set(wave, (counts.get(wave) ?? 0) + 1);
  const waves = [...counts].sort(([a], [b]) => a - b);
  return {
    fleet,
    name: cluster,
    stage,
    planned: false,
    kubernetes: true,
    zone: null,
    nodes: nodes.length,
    maxUnavailable: 1,
    waves: waves.map(([index, count]) => ({ name: String(index + 1), sequences: [], nodes: count })),
  };
}

function clusterOverview(input: OverviewInput, planned: PlannedCluster): ClusterOverview {
  const { name } = planned;
  const survey = input.surveys.find(({ cluster }) => cluster === name);
  const own = input.active.find(({ status }) => status.clusters.some(each => each.name === name));
  return {
    ...planned,
    away: own ? awayNodes(own.status, name) : [],
    due: survey ? dueSummary(survey) : null,
    window: input.windowOf(name),
    nextStart: nextStart(input.schedules, name),
    rollout: own?.status.id ?? null,
    lastDoneAtMs: input.lastDoneAtMs(name),
  };
}

function awayNodes({ id, nodes }: RolloutStatus, cluster: string): AwayNode[] {
  return Object.values(nodes)
    .filter(node => node.cluster === cluster && node.slot !== null)
    .map(({ node, step, claimedAtMs }) => ({ node, rollout: id, step: step ?? '', sinceMs: claimedAtMs ?? 0 }));
}

function nextStart(schedules: readonly ScheduleOverview[], cluster: string): ClusterOverview['nextStart'] {
  let next: ClusterOverview['nextStart'] = null;
  for (const { name, nextMs, clusters } of schedules) {
    if (nextMs === null || !clusters.includes(cluster)) continue;
    if (next === null || nextMs < next.atMs) next = { schedule: name, atMs: nextMs };
  }
  return next;
}

/** The fold is ahead of the list. */
function counted(summary: RolloutSummary, status: RolloutStatus | undefined): RolloutSummary {
  if (!status) return summary;
  const { counts } = status;
  return { ...summary, nodes: { ...summary.nodes, done: counts.done, failed: counts.failed } };
}
