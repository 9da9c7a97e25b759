import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { dashboard } from '../../../deploy/grafana.ts';
import { metricsPage } from '../../../deploy/metrics-page.ts';
import { METRICS } from '../../../shared/domain/metrics/table.ts';
import {
  alertRules,
  dashboardPanels,
  dashboardQueries,
  namedMetrics,
  PROMETHEUS_FOLDER,
} from '../../helpers/queries.ts';

const root = resolve(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(resolve(root, path), 'utf8');

it('docs/metrics.md and the dashboard are what the table says (`npm run docs` writes them anew)', () => {
  expect(read('docs/metrics.md')).toBe(metricsPage());
  expect(read('deploy/grafana/nodetide.json')).toBe(`${JSON.stringify(dashboard(), null, 2)}\n`);
});

it('every metric has a row, a sentence, and a name by the rules of Prometheus', () => {
  for (const [name, { type, help, labels }] of Object.entries(METRICS)) {
    expect(metricsPage()).toContain(`| \`${name}\` | ${type} |`);
    expect(help, name).toMatch(/^[A-Z0-9].*[^.]$/);
    expect(name.endsWith('_total'), name).toBe(type === 'counter');
    expect(labels, name).not.toContain('node');
  }
});

it('queries of dashboard and alerts name only metrics that there are', () => {
  const texts = [...dashboardQueries(), ...alertRules().map(rule => rule.expr), JSON.stringify(dashboard().templating)];
  const named = texts.flatMap(namedMetrics);
  expect(named.filter(name => !(name in METRICS))).toEqual([]);
  expect(new Set(named).size).toBeGreaterThan(20);
});

it('the dashboard has a place and a number of its own for each panel, and asks the chosen Prometheus', () => {
  const panels = dashboardPanels();
  expect(new Set(panels.map(panel => panel.id)).size).toBe(panels.length);
  const taken = new Set<string>();
  for (const { title, type, gridPos, targets = [] } of panels) {
    const { x, y, w, h } = gridPos;
    expect(x + w, title).toBeLessThanOrEqual(24);
    for (let column = x; column < x + w; column += 1) {
      for (let row = y; row < y + h; row += 1) {
        expect(taken.has(`${column} ${row}`), title).toBe(false);
        taken.add(`${column} ${row}`);
      }
    }
    expect(['row', 'timeseries', 'stat']).toContain(type);
    if (type !== 'row') expect(new Set(targets.map(({ refId }) => refId)).size).toBeGreaterThan(0);
  }
  const uids = JSON.stringify(dashboard()).match(/"uid":"[^"]*"/g) ?? [];
  expect(new Set(uids)).toEqual(new Set(['"uid":"nodetide"', '"uid":"${datasource}"']));
});

it('every alert says how bad it is, what it is, and what to do, and is tested', () => {
  const tests = ['alerts.test.yaml', 'alerts-slow.test.yaml'].map(file => read(resolve(PROMETHEUS_FOLDER, file)));
  for (const { alert, labels, annotations } of alertRules()) {
    expect(['warning', 'critical'], alert).toContain(labels['severity']);
    expect(Object.keys(annotations).sort(), alert).toEqual(['description', 'summary', 'todo']);
    const fires = new RegExp(`exp_samples:\\n\\s+- \\{labels: 'ALERTS\\{alertname="${alert}"`);
    expect(
      tests.some(text => fires.test(text)),
      alert,
    ).toBe(true);
  }
});
