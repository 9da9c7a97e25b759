import { METRICS, type MetricName, metricDefinition } from '../shared/domain/metrics/table.ts';
import { WAIT_REASONS, type WaitReason } from '../shared/domain/metrics/wait-reason.ts';

const INTRODUCTION = `# Metrics

\`GET /metrics\` of the API, in Prometheus' text format; [observability](observability.md) tells how to scrape it, and what
alerts and dashboard there are.

- Every API process tells the same numbers: counters and histograms are counted from the journals, each event once, and are
  kept in Redis, so they survive restarts of everything. With several API processes take one of them, as in
  \`max by (cluster) (…)\`; never add them up.
- They are counted when somebody scrapes. After a long pause, or at the first scrape of an old installation, counting may take
  several scrapes (\`nodetide_uncounted_rollouts\` is not 0 meanwhile); nothing is lost unless the rollout itself is removed
  before.
- A scrape reads for at most 5 s. When Redis takes longer or is gone, \`nodetide_up\` is 0 and only what the process knows
  itself is shown. Answers are shared by all who ask within 2 s.
- No metric has a label for nodes: how many there are must not decide how many series there are. \`cluster\` is the name in the
  fleet file. What belongs to no rollout under way and to no survey is not shown.
- Beside these there are the usual metrics of the API's own process (\`process_*\`, \`nodejs_*\`).

This page is made from \`shared/domain/metrics/\` by \`npm run docs\`.
`;

const REASONS: Readonly<Record<WaitReason, string>> = {
  approval: 'a person has to approve it',
  window: 'outside its windows, or frozen',
  gate: 'a gate is shut; the label `gate` names it',
  paused: 'the rollout is paused, stops or is aborted',
  concurrency: 'as many nodes of the wave are away as may be',
  'max-unavailable': 'as many nodes of the cluster, or of a zone, are away as may be',
  'control-plane': 'another control-plane node is away',
  'failure-budget': 'more nodes have failed than are borne',
  ownership: 'somebody else has the cluster or the node: another rollout, another installation, a Lease',
  'cluster-unreachable': 'the cluster cannot be asked',
  recovery: 'the cluster has not recovered from the last node',
  soak: 'a time of rest has not passed',
  'reboot-pause': 'the last reboot of the cluster was too short ago',
  hook: 'a hook runs, or is tried again',
  'held-node':
    'a node is kept back until a person acts, or something about it changes; also every reason that is none of these',
  'failed-node': 'a node has failed, until a person acts',
  'disruption-budget': 'a PodDisruptionBudget refuses to let pods go',
  pods: 'a drain waits for pods to end',
  step: 'a step looks again and again: a boot, a soak, a lock',
};

/** docs/metrics.md: every metric of the table, and the reasons of waits. */
export function metricsPage(): string {
  const rows = (Object.keys(METRICS) as MetricName[]).map(name => {
    const { type, labels, help } = metricDefinition(name);
    return `| \`${name}\` | ${type} | ${labels.map(label => `\`${label}\``).join(', ')} | ${help} |`;
  });
  const reasons = WAIT_REASONS.map(reason => `| \`${reason}\` | ${REASONS[reason]} |`);
  return [
    INTRODUCTION,
    '| metric | type | labels | |\n|---|---|---|---|',
    ...rows,
    '\n## Why something waits\n\nThe label `reason`:\n\n| | |\n|---|---|',
    ...reasons,
    '',
  ].join('\n');
}
