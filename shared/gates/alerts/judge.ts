import { type NodeView, workMarkOf } from '../../domain/facts.ts';
import { type Alert, type AlertFilter, alertsThatCount } from '../../domain/gate/alerts.ts';
import { closed, type GateVerdict, OPEN } from '../../domain/gate/gate.ts';
import { clip, compareNatural } from '../../domain/text.ts';
import { labelsText } from './labels-text.ts';

/** How many alerts are named, and for how many series of one its labels. */
const MOST_ALERTS = 5;
const MOST_SERIES = 2;
const MOST_NAME = 100;

/** Closed while an alert that counts fires, or the watchdog does not. */
export function judgeAlerts(
  filter: AlertFilter,
  alerts: readonly Alert[],
  nodes: ReadonlyMap<string, NodeView>,
): GateVerdict {
  const { watchdog } = filter;
  if (watchdog !== '' && !alerts.some(({ labels, state }) => state === 'firing' && labels['alertname'] === watchdog)) {
    return closed(
      [`alert ${watchdog}, which always fires, is not there: alerts cannot be relied on`],
      'when it fires again',
    );
  }
  const counting = alertsThatCount(filter, alerts, away(nodes));
  if (counting.length === 0) return OPEN;
  const names = [...new Set(counting.map(nameOf))].toSorted(compareNatural);
  const reasons = names.slice(0, MOST_ALERTS).map(name => {
    const same = counting.filter(alert => nameOf(alert) === name);
    return reasonOf(name, same);
  });
  const more = names.length > MOST_ALERTS ? [`${names.length - MOST_ALERTS} more alerts`] : [];
  return closed([...reasons, ...more], 'when none of them is there any more');
}

function nameOf({ labels }: Alert): string {
  return clip(labels['alertname'] ?? '', MOST_NAME) || 'without a name';
}

function reasonOf(name: string, alerts: readonly Alert[]): string {
  const does = alerts.some(({ state }) => state === 'firing') ? 'fires' : 'is pending';
  const shown = [...new Set(alerts.map(({ labels }) => labelsText(labels)).filter(text => text !== ''))].toSorted();
  const more = shown.length > MOST_SERIES ? [`${shown.length - MOST_SERIES} more`] : [];
  const where = [...shown.slice(0, MOST_SERIES), ...more].join('; ');
  return `alert ${name} ${does}${where === '' ? '' : ` (${where})`}`;
}

/** Names and addresses of the nodes that carry a mark of nodetide. */
function away(nodes: ReadonlyMap<string, NodeView>): ReadonlySet<string> {
  const marked = [...nodes.values()].filter(({ annotations }) => {
    const mark = workMarkOf(annotations);
    return mark !== null && mark !== 'unreadable';
  });
  return new Set(marked.flatMap(({ name, addresses }) => [name, ...addresses.map(({ address }) => address)]));
}
