import { clip } from '../../domain/text.ts';

/** What tells people most about an alert, in this order. */
const IMPORTANT = [
  'severity',
  'cluster',
  'namespace',
  'node',
  'instance',
  'pod',
  'persistentvolumeclaim',
  'service',
  'job',
];
/** Said elsewhere, or of no use to people. */
const LEFT_OUT = ['alertname', 'alertstate', '__name__', 'prometheus', 'prometheus_replica', 'uid', 'endpoint'];
const MOST_LABELS = 4;
const MOST_VALUE = 60;

/** The most important labels on one line: `severity=critical, node=n1`; empty: there are none. */
export function labelsText(labels: Readonly<Record<string, string>>): string {
  const rest = Object.keys(labels)
    .filter(label => !IMPORTANT.includes(label) && !LEFT_OUT.includes(label))
    .toSorted();
  const present = [...IMPORTANT.filter(label => (labels[label] ?? '') !== ''), ...rest];
  return present
    .slice(0, MOST_LABELS)
    .map(label => `${label}=${clip(labels[label] ?? '', MOST_VALUE)}`)
    .join(', ');
}
