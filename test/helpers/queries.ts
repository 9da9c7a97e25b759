import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { dashboard } from '../../deploy/grafana.ts';

/** The folder of rules and of what tests them. */
export const PROMETHEUS_FOLDER = resolve(import.meta.dirname, '../../deploy/prometheus');

/** An alert as it stands in its file. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The alerts of deploy/prometheus. */
export function alertRules(): readonly AlertRule[] {
  const text = readFileSync(resolve(PROMETHEUS_FOLDER, 'alerts.yaml'), 'utf8');
  const { groups } = parse(text) as { readonly groups: readonly { readonly rules: readonly AlertRule[] }[] };
  return groups.flatMap(group => group.rules);
}

/** A panel of the dashboard. */
export interface DashboardPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}

/** The panels of the dashboard. */
export function dashboardPanels(): readonly DashboardPanel[] {
  return dashboard().panels as readonly DashboardPanel[];
}

/** Every query of the dashboard, as it is sent when all clusters are chosen. */
export function dashboardQueries(): readonly string[] {
  return dashboardPanels().flatMap(queriesOf);
}

/** The first query of the panel of this title, sent so. */
export function panelQuery(title: string): string {
  const [query] = queriesOf(dashboardPanels().find(panel => panel.title === title));
  if (query === undefined) throw new Error(`no panel ${title} with a query`);
  return query;
}

function queriesOf(panel: DashboardPanel | undefined): string[] {
  return (panel?.targets ?? []).map(({ expr }) =>
    expr.replaceAll('$cluster', '.*').replaceAll('$__rate_interval', '1m').replaceAll('$__range', '6h'),
  );
}

/** The metrics a query names, without what histograms add. */
export function namedMetrics(query: string): readonly string[] {
  const names = query.match(/\bnodetide_\w+/g) ?? [];
  return names.map(name => name.replace(/_(bucket|count|sum)$/, ''));
}
