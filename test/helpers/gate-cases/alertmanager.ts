import { ALL_ALERTS, SERVER } from './alerts.ts';
import { answer, GATE_BASE, type GateCase } from './case.ts';

const settings = { ...GATE_BASE, kind: 'alertmanager', server: SERVER, filter: ALL_ALERTS } as const;
const alert = (status: object, more: object = {}) => ({
  labels: { alertname: 'NodeDown', severity: 'critical' },
  annotations: {},
  status: { state: 'active', silencedBy: [], inhibitedBy: [], ...status },
  ...more,
});

/** Answers of `/api/v2/alerts`, written by hand. */
export const ALERTMANAGER_CASES: readonly GateCase[] = [
  { name: 'no alert', settings, http: answer([]), says: 'open' },
  {
    name: 'an alert',
    settings,
    http: answer([alert({})]),
    says: { reasons: ['alert NodeDown fires (severity=critical)'], opens: 'when none of them is there any more' },
  },
  {
    name: 'an alert that Alertmanager has only just heard of',
    settings,
    http: answer([alert({ state: 'unprocessed' })]),
    says: { reasons: ['alert NodeDown fires (severity=critical)'], opens: 'when none of them is there any more' },
  },
  {
    name: 'a silenced one',
    settings,
    http: answer([alert({ state: 'suppressed', silencedBy: ['s1'] })]),
    says: 'open',
  },
  {
    name: 'an inhibited one',
    settings,
    http: answer([alert({ state: 'suppressed', inhibitedBy: ['a'] })]),
    says: 'open',
  },
  {
    name: 'one that is left out',
    settings: { ...settings, filter: { ...ALL_ALERTS, severity: ['page'] } },
    http: answer([alert({})]),
    says: 'open',
  },
  {
    name: 'an alert without a status',
    settings,
    http: answer([{ labels: {} }]),
    says: { throws: 'its status is not an object' },
  },
  { name: 'no list', settings, http: answer({ status: 'success' }), says: { throws: 'the answer is not a list' } },
  {
    name: 'nobody let in',
    settings,
    http: answer('Unauthorized', 401),
    says: { throws: 'http://monitoring.example/base/api/v2/alerts: HTTP 401: Unauthorized' },
  },
];
