import { parseAlertSelector } from '../../../shared/domain/gate/alert-selector.ts';
import type { AlertFilter } from '../../../shared/domain/gate/alerts.ts';
import { nodeView } from '../fake-cluster.ts';
import { marked } from '../seen-cluster.ts';
import { ALL_ALERTS, SERVER } from './alerts.ts';
import { answer, GATE_BASE, type GateCase } from './case.ts';

const settings = {
  ...GATE_BASE,
  kind: 'prometheus',
  server: SERVER,
  ask: { kind: 'alerts', filter: ALL_ALERTS, pending: false },
  warnings: 'close',
} as const;
const filtered = (filter: Partial<AlertFilter>) =>
  ({ ...settings, ask: { ...settings.ask, filter: { ...ALL_ALERTS, ...filter } } }) as const;
const query = { ...settings, ask: { kind: 'query', query: 'up == 0' } } as const;
const opens = 'when none of them is there any more';

type Labels = Readonly<Record<string, string>>;
const vector = (samples: readonly Labels[], more: object = {}) =>
  answer({
    status: 'success',
    data: { resultType: 'vector', result: samples.map(metric => ({ metric, value: [1, '1'] })) },
    ...more,
  });
const alert = (alertname: string, more: Labels = {}): Labels => ({
  __name__: 'ALERTS',
  alertname,
  alertstate: 'firing',
  ...more,
});
const down = alert('NodeDown', { severity: 'critical', instance: 'n1:9100' });
const slow = alert('Slow', { severity: 'warning' });

/** Answers of `/api/v1/query`, written by hand. */
export const PROMETHEUS_CASES: readonly GateCase[] = [
  { name: 'nothing fires', settings, http: vector([]), says: 'open' },
  {
    name: 'alerts that fire, by name',
    settings,
    http: vector([slow, down, alert('NodeDown', { severity: 'critical', instance: 'n2:9100' })]),
    says: {
      reasons: [
        'alert NodeDown fires (severity=critical, instance=n1:9100; severity=critical, instance=n2:9100)',
        'alert Slow fires (severity=warning)',
      ],
      opens,
    },
  },
  {
    name: 'more alerts than can be read',
    settings,
    http: vector(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(name => alert(name))),
    says: {
      reasons: [...['a', 'b', 'c', 'd', 'e'].map(name => `alert ${name} fires`), '2 more alerts'],
      opens,
    },
  },
  {
    name: 'one that is pending',
    settings: { ...settings, ask: { ...settings.ask, pending: true } },
    http: vector([{ ...slow, alertstate: 'pending' }]),
    says: { reasons: ['alert Slow is pending (severity=warning)'], opens },
  },
  {
    name: 'a name and labels with control characters',
    settings,
    http: vector([alert('A\nB', { pod: 'x\u001b[31m\ny' })]),
    says: { reasons: ['alert A B fires (pod=x y)'], opens },
  },
  {
    name: 'an alert of another severity',
    settings: filtered({ severity: ['critical'] }),
    http: vector([slow]),
    says: 'open',
  },
  {
    name: 'an alert that is not included',
    settings: filtered({ include: [parseAlertSelector('Node.*')] }),
    http: vector([slow]),
    says: 'open',
  },
  {
    name: 'an alert that is left out by its labels',
    settings: filtered({ exclude: [parseAlertSelector('{instance=~"n1:.*", severity!="warning"}')] }),
    http: vector([down, slow]),
    says: { reasons: ['alert Slow fires (severity=warning)'], opens },
  },
  {
    name: 'an alert about a node that is away for us',
    settings: filtered({ awayLabels: ['instance'] }),
    http: vector([down]),
    nodes: [nodeView('n1', marked({ installation: 'ours', rollout: 'r1' }))],
    says: 'open',
  },
  {
    name: 'an alert about an address of a node that is away for us',
    settings: filtered({ awayLabels: ['instance'] }),
    http: vector([alert('NodeDown', { instance: '[2001:db8::1]:9100' })]),
    nodes: [
      nodeView('n1', {
        ...marked({ installation: 'ours', rollout: 'r1' }),
        addresses: [{ type: 'InternalIP', address: '2001:db8::1' }],
      }),
    ],
    says: 'open',
  },
  {
    name: 'an alert about a node that is away by itself',
    settings: filtered({ awayLabels: ['instance'] }),
    http: vector([down]),
    nodes: [nodeView('n1', { ready: false })],
    says: { reasons: ['alert NodeDown fires (severity=critical, instance=n1:9100)'], opens },
  },
  {
    name: 'the watchdog alone',
    settings: filtered({ watchdog: 'Watchdog' }),
    http: vector([alert('Watchdog')]),
    says: 'open',
  },
  {
    name: 'no watchdog',
    settings: filtered({ watchdog: 'Watchdog' }),
    http: vector([]),
    says: {
      reasons: ['alert Watchdog, which always fires, is not there: alerts cannot be relied on'],
      opens: 'when it fires again',
    },
  },
  {
    name: 'a warning',
    settings,
    http: vector([], { warnings: ['store eu is\nnot there'] }),
    says: { reasons: ['Prometheus warns: store eu is not there'], opens: 'when the answer is whole' },
  },
  {
    name: 'a warning nobody wants',
    settings: { ...settings, warnings: 'ignore' },
    http: vector([], { warnings: ['x'] }),
    says: 'open',
  },
  {
    name: 'a warning beside an alert',
    settings: { ...settings, warnings: 'ignore' },
    http: vector([slow], { warnings: ['x'] }),
    says: { reasons: ['alert Slow fires (severity=warning)', 'Prometheus warns: x'], opens },
  },
  { name: 'a query that gives nothing', settings: query, http: vector([]), says: 'open' },
  {
    name: 'a query that gives something',
    settings: query,
    http: vector([{ instance: 'n1' }, {}]),
    says: { reasons: ['the query gives {instance=n1} 1; {} 1'], opens: 'when it gives nothing' },
  },
  {
    name: 'a query of another type',
    settings: query,
    http: answer({ status: 'success', data: { resultType: 'scalar', result: [1, '1'] } }),
    says: { throws: 'the query gives a scalar, not an instant vector' },
  },
  {
    name: 'a query Prometheus does not take',
    settings: query,
    http: answer({ status: 'error', errorType: 'bad_data', error: 'parse error' }, 400),
    says: { throws: 'http://monitoring.example/base/api/v1/query: HTTP 400: parse error' },
  },
  {
    name: 'a status that is no success',
    settings,
    http: answer({ status: 'error', error: 'no' }),
    says: { throws: 'the query failed: no' },
  },
  { name: 'somebody else', settings, http: answer('<html>'), says: { throws: 'the answer is no JSON: <html>' } },
  { name: 'JSON of another kind', settings, http: answer([]), says: { throws: 'the answer is not an object' } },
  {
    name: 'a series without labels',
    settings,
    http: answer({ status: 'success', data: { resultType: 'vector', result: [{ value: [1, '1'] }] } }),
    says: { throws: 'metric is not an object' },
  },
  {
    name: 'an answer that is cut off',
    settings,
    http: () => ({ status: 200, body: '{', isCut: true }),
    says: { throws: 'the answer is larger than 16 MiB' },
  },
];
