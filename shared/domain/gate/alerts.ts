import { type AlertSelector, selectsAlert } from './alert-selector.ts';

/** Which alerts count. */
export interface AlertFilter {
  /** Values of the label `severity`; empty: any. */
  readonly severity: readonly string[];
  /** Empty: all. */
  readonly include: readonly AlertSelector[];
  readonly exclude: readonly AlertSelector[];
  /** Labels that name a node: alerts about nodes that are away for our work do not count. Empty: they all count. */
  readonly awayLabels: readonly string[];
  /** An alert that always fires: without it nothing is known of the others. Empty: none. */
  readonly watchdog: string;
}

/** An alert at hand. */
export interface Alert {
  readonly state: 'firing' | 'pending';
  readonly labels: Readonly<Record<string, string>>;
}

/** Those of `alerts` that count; `away`: names and addresses of nodes that are away for our work. */
export function alertsThatCount(filter: AlertFilter, alerts: readonly Alert[], away: ReadonlySet<string>): Alert[] {
  return alerts.filter(({ labels }) => {
    if (filter.watchdog !== '' && labels['alertname'] === filter.watchdog) return false;
    if (filter.severity.length > 0 && !filter.severity.includes(labels['severity'] ?? '')) return false;
    if (filter.include.length > 0 && !filter.include.some(selector => selectsAlert(selector, labels))) return false;
    if (filter.exclude.some(selector => selectsAlert(selector, labels))) return false;
    return !filter.awayLabels.some(label => away.has(hostOf(labels[label] ?? '')));
  });
}

/** `n1:9100` and `[2001:db8::1]:9100` without their port. */
function hostOf(value: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\](?::\d+)?|([^:]*):\d+)$/.exec(value) ?? [];
  return bracketed ?? plain ?? value;
}
