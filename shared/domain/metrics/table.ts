import type { MetricDefinition } from './definition.ts';

const STEP_BUCKETS = [1, 5, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200] as const;
const NODE_BUCKETS = [30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200] as const;
const WAIT_LABELS = ['cluster', 'reason', 'gate'] as const;

const gauge = (labels: readonly string[], help: string): MetricDefinition => ({ type: 'gauge', labels, help });
const counter = (labels: readonly string[], help: string): MetricDefinition => ({ type: 'counter', labels, help });

/** Every metric there is beside those of the process itself, in the order in which they are shown. */
export const METRICS = {
  nodetide_up: gauge(
    [],
    '1: the store answered in time; 0: it did not, and only what the process knows itself is shown',
  ),
  nodetide_build_info: gauge(['version'], 'Always 1; the label tells the version of this process'),

  nodetide_rollouts: gauge(['state'], 'Rollouts that are kept, by how they stand'),
  nodetide_rollouts_ended_total: counter(['outcome'], 'Rollouts that have ended'),
  nodetide_uncounted_rollouts: gauge(
    [],
    'Rollouts whose journal is not counted up to its end yet; not 0 for a while after the first start or a long pause',
  ),
  nodetide_nodes: gauge(['cluster', 'state'], 'Nodes of the rollouts under way'),
  nodetide_nodes_away: gauge(['cluster'], 'Nodes that hold a slot now'),
  nodetide_nodes_away_limit: gauge(['cluster'], 'Most nodes away at once (maxUnavailable) in the plan under way'),
  nodetide_slots: gauge(['cluster', 'wave'], 'Most nodes of an open wave away at once (its concurrency now)'),
  nodetide_slots_in_use: gauge(['cluster', 'wave'], 'Nodes of an open wave that hold a slot'),
  nodetide_nodes_settled_total: counter(
    ['cluster', 'state'],
    'Nodes that came to an end: done, skipped, excluded or aborted',
  ),
  nodetide_reboots_total: counter(['cluster'], 'Reboots that were ordered and seen to have happened'),
  nodetide_cluster_last_success_timestamp_seconds: gauge(
    ['cluster'],
    'When a rollout over the whole cluster last ended with all its nodes done',
  ),

  nodetide_step_duration_seconds: {
    type: 'histogram',
    labels: ['cluster', 'step'],
    help: 'Time of the attempts that succeeded, from the begin of the attempt on',
    buckets: STEP_BUCKETS,
  },
  nodetide_node_duration_seconds: {
    type: 'histogram',
    labels: ['cluster'],
    help: 'Time of nodes from their claim until they were done, whatever they waited for',
    buckets: NODE_BUCKETS,
  },
  nodetide_step_failures_total: counter(
    ['cluster', 'step', 'code'],
    'Steps that failed for good, so that a person is needed',
  ),
  nodetide_attempt_failures_total: counter(['cluster', 'step', 'code'], 'Attempts that failed and are tried again'),
  nodetide_mended_total: counter([], 'Times the reconciler found jobs, state or world apart and mended it'),

  nodetide_waiting_seconds_total: counter(
    WAIT_LABELS,
    'Time that slots, steps and clusters waited; one that waits for several reasons counts for each',
  ),
  nodetide_waiting: gauge(WAIT_LABELS, 'Slots, steps and clusters that wait now'),
  nodetide_waiting_since_timestamp_seconds: gauge(WAIT_LABELS, 'Since when the one waits that has waited longest'),
  nodetide_approvals_wanted: gauge(['cluster'], 'Approvals that are asked for; cluster is empty for those of a stage'),
  nodetide_approval_wanted_since_timestamp_seconds: gauge(
    ['cluster'],
    'Since when the approval is asked for that has been asked for longest',
  ),
  nodetide_drains_blocked: gauge(['cluster'], 'Drains that a PodDisruptionBudget holds up now'),

  nodetide_cluster_taken: gauge(['cluster', 'rollout'], '1: the rollout has taken the cluster'),
  nodetide_gate_hold: gauge(['cluster', 'gate'], '1: the gate holds something in the world for the cluster'),
  nodetide_engines: gauge(['role'], 'Schedulers and workers that are alive'),
  nodetide_step_workers: gauge(['step'], 'Workers that are alive and do this step'),
  nodetide_queue_jobs: gauge(['queue', 'state'], 'Jobs in the queues, but those that are over'),
  nodetide_queue_oldest_job_age_seconds: gauge(
    ['queue'],
    'For how long the job that is next in turn could have run; 0: none could',
  ),

  nodetide_notifications_total: counter(
    ['target', 'outcome'],
    'Notifications that are over: sent, given-up, or doubtful (their sender died before it heard the answer)',
  ),
  nodetide_notifications_waiting: gauge(['target'], 'Notifications that are on their way'),
  nodetide_notification_oldest_timestamp_seconds: gauge(['target'], 'Since when the first of those is on its way'),

  nodetide_survey_timestamp_seconds: gauge(['cluster'], 'When the hosts were last asked what there is to do on them'),
  nodetide_survey_hosts: gauge(['cluster'], 'Hosts that were asked'),
  nodetide_survey_unreachable_hosts: gauge(['cluster'], 'Hosts that could not be asked'),
  nodetide_updates_due_hosts: gauge(['cluster'], 'Hosts with newer packages to install'),
  nodetide_reboots_due_hosts: gauge(['cluster'], 'Hosts whose reboot is due'),
  nodetide_oldest_boot_timestamp_seconds: gauge(['cluster'], 'When the host was booted that has been up longest'),
  nodetide_oldest_patch_timestamp_seconds: gauge(
    ['cluster'],
    'When the host was last verified after an upgrade that has gone longest without; hosts never upgraded do not count',
  ),
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** Names one of {@link METRICS}. */
export type MetricName = keyof typeof METRICS;

/** A metric of the table, whatever its type. */
export function metricDefinition(name: MetricName): MetricDefinition {
  return METRICS[name];
}
