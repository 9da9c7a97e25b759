import { NODE_STATES } from '../events.ts';
import { planClusters } from '../plan.ts';
import { resolveAmount } from '../policy.ts';
import type { RolloutStatus } from '../status.ts';
import { STEPS } from '../steps.ts';
import type { DueSummary } from '../survey/survey.ts';
import type { ShownMetric } from './definition.ts';
import type { MetricFacts, TargetFacts } from './facts.ts';
import { Series } from './series.ts';
import { showTotals } from './show-totals.ts';
import { isRefusedByBudget } from './wait-reason.ts';

const ROLLOUT_STATES: readonly RolloutStatus['state'][] = [
  'created',
  'running',
  'stopping',
  'paused',
  'aborting',
  'waiting-on-person',
  'done',
  'aborted',
];

/** What is shown of a store. */
export function showMetrics(facts: MetricFacts, version: string): readonly ShownMetric[] {
  const series = new Series();
  series.add('nodetide_up', [], 1);
  series.add('nodetide_build_info', [version], 1);
  showRollouts(series, facts);
  for (const active of facts.active) showActive(series, active);
  showTotals(series, facts);
  showWaits(series, facts);
  showEngine(series, facts);
  for (const target of facts.targets) showTarget(series, target);
  for (const [cluster, due] of facts.surveys) showSurvey(series, cluster, due);
  return series.all();
}

/** What is shown when the store does not answer. */
export function showSilence(version: string): readonly ShownMetric[] {
  const series = new Series();
  series.add('nodetide_up', [], 0);
  series.add('nodetide_build_info', [version], 1);
  return series.all().filter(metric => metric.values.length > 0);
}

function showRollouts(series: Series, { rolloutStates, uncounted }: MetricFacts): void {
  for (const state of ROLLOUT_STATES) series.add('nodetide_rollouts', [state], 0);
  for (const state of rolloutStates) series.add('nodetide_rollouts', [state], 1);
  series.add('nodetide_uncounted_rollouts', [], uncounted);
}

function showActive(series: Series, { plan, status }: MetricFacts['active'][number]): void {
  for (const { name, policy, size } of planClusters(plan)) {
    for (const state of NODE_STATES) series.add('nodetide_nodes', [name, state], 0);
    for (const metric of ['nodetide_nodes_away', 'nodetide_approvals_wanted', 'nodetide_drains_blocked'] as const) {
      series.add(metric, [name], 0);
    }
    series.add('nodetide_nodes_away_limit', [name], resolveAmount(policy.maxUnavailable, size));
  }
  for (const { cluster, state, slot, steps } of Object.values(status.nodes)) {
    series.add('nodetide_nodes', [cluster, state], 1);
    if (slot !== null) series.add('nodetide_nodes_away', [cluster], 1);
    const { drain } = steps;
    const blocked = state === 'claimed' && drain.state === 'running' && isRefusedByBudget(drain.note);
    if (blocked) series.add('nodetide_drains_blocked', [cluster], 1);
  }
  for (const wave of status.clusters.flatMap(cluster => cluster.waves)) {
    if (wave.state !== 'running') continue;
    const inUse = wave.nodes.filter(key => (status.nodes[key]?.slot ?? null) !== null).length;
    series.add('nodetide_slots', [wave.cluster, wave.name], wave.concurrency);
    series.add('nodetide_slots_in_use', [wave.cluster, wave.name], inUse);
  }
  for (const { place, state, sinceMs } of status.approvals) {
    if (state !== 'wanted') continue;
    const cluster = place.of === 'stage' ? '' : place.cluster;
    series.add('nodetide_approvals_wanted', [cluster], 1);
    series.least('nodetide_approval_wanted_since_timestamp_seconds', [cluster], sinceMs / 1_000);
  }
}

function showWaits(series: Series, { waits }: MetricFacts): void {
  for (const { cluster, kinds } of waits) {
    for (const { reason, gate, sinceMs } of kinds) {
      series.add('nodetide_waiting', [cluster, reason, gate], 1);
      series.least('nodetide_waiting_since_timestamp_seconds', [cluster, reason, gate], sinceMs / 1_000);
    }
  }
}

function showEngine(series: Series, { holders, gateHolds, engines, queues }: MetricFacts): void {
  for (const [cluster, rollout] of holders) series.add('nodetide_cluster_taken', [cluster, rollout], 1);
  for (const { cluster, gate } of gateHolds) series.add('nodetide_gate_hold', [cluster, gate], 1);
  for (const role of ['scheduler', 'worker']) series.add('nodetide_engines', [role], 0);
  for (const step of STEPS) series.add('nodetide_step_workers', [step], 0);
  for (const { role, steps } of engines) {
    series.add('nodetide_engines', [role], 1);
    for (const step of steps) series.add('nodetide_step_workers', [step], 1);
  }
  for (const { queue, jobs, oldestMs } of queues) {
    for (const [state, count] of Object.entries(jobs)) series.add('nodetide_queue_jobs', [queue, state], count);
    series.add('nodetide_queue_oldest_job_age_seconds', [queue], oldestMs / 1_000);
  }
}

function showTarget(series: Series, { target, ended, waiting, oldestAtMs }: TargetFacts): void {
  for (const [outcome, count] of Object.entries(ended)) {
    series.add('nodetide_notifications_total', [target, outcome], count);
  }
  series.add('nodetide_notifications_waiting', [target], waiting);
  if (oldestAtMs !== null) series.add('nodetide_notification_oldest_timestamp_seconds', [target], oldestAtMs / 1_000);
}

function showSurvey(series: Series, cluster: string, due: DueSummary): void {
  series.add('nodetide_survey_timestamp_seconds', [cluster], due.atMs / 1_000);
  series.add('nodetide_survey_hosts', [cluster], due.asked);
  series.add('nodetide_survey_unreachable_hosts', [cluster], due.unreachable);
  series.add('nodetide_updates_due_hosts', [cluster], due.updates);
  series.add('nodetide_reboots_due_hosts', [cluster], due.reboots);
  const { oldestBootAtMs, oldestPatchAtMs } = due;
  if (oldestBootAtMs !== null) series.add('nodetide_oldest_boot_timestamp_seconds', [cluster], oldestBootAtMs / 1_000);
  if (oldestPatchAtMs === null) return;
  series.add('nodetide_oldest_patch_timestamp_seconds', [cluster], oldestPatchAtMs / 1_000);
}
