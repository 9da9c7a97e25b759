/** A line of a panel: a query, and what its series are called. */
type Query = readonly [expr: string, legend: string];

interface Panel {
  readonly title: string;
  readonly help: string;
  readonly type?: 'timeseries' | 'stat';
  /** As Grafana names units; default: `short`. */
  readonly unit?: string;
  /** Of 24 columns; default: 8. */
  readonly width?: number;
  readonly queries: readonly Query[];
}

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const;
const IN = 'cluster=~"$cluster"';
const HEIGHT = 8;

/** Rows of the dashboard. API processes all tell the same: `max by` takes one of them. */
const ROWS: Readonly<Record<string, readonly Panel[]>> = {
  Rollouts: [
    {
      title: 'Rollouts under way',
      help: 'By how they stand; waiting-on-person needs you.',
      type: 'stat',
      queries: [['max by (state) (nodetide_rollouts{state!~"done|aborted"}) > 0', '{{state}}']],
    },
    {
      title: 'Approvals wanted',
      help: 'Asked for, and nobody has given them.',
      type: 'stat',
      queries: [['sum(max by (cluster) (nodetide_approvals_wanted))', 'wanted']],
    },
    {
      title: 'Engines alive',
      help: 'Without both nothing goes on.',
      type: 'stat',
      queries: [['max by (role) (nodetide_engines)', '{{role}}']],
    },
    {
      title: 'Nodes',
      help: 'Of the rollouts under way.',
      queries: [[`sum by (state) (max by (cluster, state) (nodetide_nodes{${IN}}))`, '{{state}}']],
    },
    {
      title: 'Nodes away and allowed',
      help: 'Against the limit (maxUnavailable) of each cluster.',
      queries: [
        [`max by (cluster) (nodetide_nodes_away{${IN}})`, '{{cluster}} away'],
        [`max by (cluster) (nodetide_nodes_away_limit{${IN}})`, '{{cluster}} allowed'],
      ],
    },
    {
      title: 'Slots in use',
      help: 'Of the open waves.',
      queries: [
        [`max by (cluster, wave) (nodetide_slots_in_use{${IN}})`, '{{cluster}}/{{wave}} in use'],
        [`max by (cluster, wave) (nodetide_slots{${IN}})`, '{{cluster}}/{{wave}} slots'],
      ],
    },
  ],
  'Where the time goes': [
    {
      title: 'Steps: usual time',
      help: 'Median of the attempts that succeeded.',
      unit: 's',
      queries: [
        [
          `histogram_quantile(0.5, sum by (step, le) (max by (cluster, step, le) (increase(nodetide_step_duration_seconds_bucket{${IN}}[$__range]))))`,
          '{{step}}',
        ],
      ],
    },
    {
      title: 'Steps: the slowest tenth',
      help: '90th percentile of the attempts that succeeded.',
      unit: 's',
      queries: [
        [
          `histogram_quantile(0.9, sum by (step, le) (max by (cluster, step, le) (increase(nodetide_step_duration_seconds_bucket{${IN}}[$__range]))))`,
          '{{step}}',
        ],
      ],
    },
    {
      title: 'Whole nodes',
      help: 'From claim to done, whatever they waited for: median.',
      unit: 's',
      queries: [
        [
          `histogram_quantile(0.5, sum by (cluster, le) (max by (cluster, le) (increase(nodetide_node_duration_seconds_bucket{${IN}}[$__range]))))`,
          '{{cluster}}',
        ],
      ],
    },
    {
      title: 'Waiting, by reason',
      help: 'How many slots, steps and clusters wait on average.',
      width: 12,
      queries: [
        [
          `sum by (reason) (max by (cluster, reason, gate) (rate(nodetide_waiting_seconds_total{${IN}}[$__rate_interval])))`,
          '{{reason}}',
        ],
      ],
    },
    {
      title: 'Waiting for gates',
      help: 'The same for each gate.',
      width: 12,
      queries: [
        [
          `max by (cluster, gate) (rate(nodetide_waiting_seconds_total{${IN},reason="gate"}[$__rate_interval]))`,
          '{{cluster}} {{gate}}',
        ],
      ],
    },
  ],
  Failures: [
    {
      title: 'Steps failed, by code',
      help: 'For good: a person is needed. docs/failures.md tells of each code.',
      queries: [[risenByCode('nodetide_step_failures_total'), '{{code}}']],
    },
    {
      title: 'Attempts failed, by code',
      help: 'Tried again by itself.',
      queries: [[risenByCode('nodetide_attempt_failures_total'), '{{code}}']],
    },
    {
      title: 'Drains held up by budgets',
      help: 'A PodDisruptionBudget refuses.',
      queries: [[`max by (cluster) (nodetide_drains_blocked{${IN}})`, '{{cluster}}']],
    },
  ],
  Engine: [
    {
      title: 'Jobs in the queues',
      help: 'Waiting or active.',
      queries: [
        [
          'sum by (queue) (max by (queue, state) (nodetide_queue_jobs{state=~"waiting|prioritized|active"}))',
          '{{queue}}',
        ],
      ],
    },
    {
      title: 'Oldest job that could run',
      help: 'Above a few seconds workers are missing.',
      unit: 's',
      queries: [['max by (queue) (nodetide_queue_oldest_job_age_seconds)', '{{queue}}']],
    },
    {
      title: 'Notifications',
      help: 'On their way, and those that did not arrive.',
      queries: [
        ['max by (target) (nodetide_notifications_waiting)', '{{target}} waiting'],
        [
          'max by (target, outcome) (increase(nodetide_notifications_total{outcome!="sent"}[$__rate_interval]))',
          '{{target}} {{outcome}}',
        ],
      ],
    },
  ],
  Hosts: [
    {
      title: 'Updates due',
      help: 'Hosts with newer packages to install, as of the last survey.',
      queries: [[`max by (cluster) (nodetide_updates_due_hosts{${IN}})`, '{{cluster}}']],
    },
    {
      title: 'Reboots due',
      help: 'Hosts whose reboot is due, as of the last survey.',
      queries: [[`max by (cluster) (nodetide_reboots_due_hosts{${IN}})`, '{{cluster}}']],
    },
    {
      title: 'Since the last whole rollout',
      help: 'For each cluster: since all its nodes were done.',
      type: 'stat',
      unit: 's',
      queries: [[`time() - max by (cluster) (nodetide_cluster_last_success_timestamp_seconds{${IN}})`, '{{cluster}}']],
    },
  ],
};

/**
 * By how much a counter of failures has risen. `increase` passes over the first: a series begins with it. What was counted
 * within the last day counts as known, so that a series that comes back after a scrape that failed is no failure.
 */
function risenByCode(metric: string): string {
  const now = `max by (cluster, step, code) (${metric}{${IN}})`;
  const before = `max by (cluster, step, code) (last_over_time(${metric}{${IN}}[1d] offset $__rate_interval))`;
  return `sum by (code) (${now} - (${before} or ${now} * 0)) > 0`;
}

/** deploy/grafana/nodetide.json: the dashboard, as Grafana 10 and newer import it. */
export function dashboard() {
  return {
    uid: 'nodetide',
    title: 'nodetide',
    description: 'Rolling upgrades of nodes: how rollouts stand, where the time goes, what fails, what is due.',
    tags: ['nodetide', 'kubernetes'],
    editable: true,
    graphTooltip: 1,
    schemaVersion: 39,
    version: 1,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    timezone: 'browser',
    timepicker: {},
    annotations: { list: [] },
    links: [],
    templating: { list: [datasourceVariable(), clusterVariable()] },
    panels: panels(),
  };
}

function datasourceVariable() {
  return {
    name: 'datasource',
    label: 'Prometheus',
    type: 'datasource',
    query: 'prometheus',
    hide: 0,
    current: {},
    refresh: 1,
  };
}

function clusterVariable() {
  const known = ['nodetide_nodes', 'nodetide_survey_hosts', 'nodetide_nodes_settled_total'].join('|');
  const query = `label_values({__name__=~"${known}"}, cluster)`;
  return {
    name: 'cluster',
    label: 'Cluster',
    type: 'query',
    datasource: DATASOURCE,
    definition: query,
    query: { query, refId: 'clusters' },
    refresh: 2,
    sort: 1,
    hide: 0,
    includeAll: true,
    allValue: '.*',
    multi: true,
    current: { selected: true, text: ['All'], value: ['$__all'] },
  };
}

function panels() {
  const made: object[] = [];
  let y = 0;
  for (const [title, row] of Object.entries(ROWS)) {
    made.push({
      id: made.length + 1,
      type: 'row',
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: 24, h: 1 },
      panels: [],
    });
    y += 1;
    let x = 0;
    for (const panel of row) {
      const w = panel.width ?? 8;
      if (x + w > 24) {
        x = 0;
        y += HEIGHT;
      }
      made.push(panelOf(panel, made.length + 1, { x, y, w, h: HEIGHT }));
      x += w;
    }
    y += HEIGHT;
  }
  return made;
}

function panelOf({ title, help, type = 'timeseries', unit = 'short', queries }: Panel, id: number, gridPos: object) {
  const targets = queries.map(([expr, legendFormat], at) => ({
    refId: String.fromCharCode(65 + at),
    datasource: DATASOURCE,
    editorMode: 'code',
    expr,
    legendFormat,
    ...(type === 'stat' ? { instant: true, range: false } : { instant: false, range: true }),
  }));
  const custom = type === 'timeseries' ? { custom: { lineWidth: 1, fillOpacity: 10, showPoints: 'never' } } : {};
  const options =
    type === 'stat'
      ? { reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false }, colorMode: 'value', textMode: 'auto' }
      : {
          legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
          tooltip: { mode: 'multi', sort: 'desc' },
        };
  const fieldConfig = { defaults: { unit, min: 0, ...custom }, overrides: [] };
  return { id, type, title, description: help, datasource: DATASOURCE, gridPos, targets, fieldConfig, options };
}
