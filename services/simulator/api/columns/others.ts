import { at, type Kube, listAt, plainText, textAt } from '../object.ts';
import { age, ageOf, type Column, count, nameColumn, shownLabels, text } from './column.ts';

function lastSeen(event: Kube, now: number): string {
  const shown = textAt(event, 'series', 'lastObservedTime') || textAt(event, 'lastTimestamp');
  return ageOf(shown || textAt(event, 'eventTime') || undefined, now);
}

function firstSeen(event: Kube, now: number): string {
  return ageOf(textAt(event, 'firstTimestamp') || textAt(event, 'eventTime') || undefined, now);
}

function sourceOf(event: Kube): string {
  const component = textAt(event, 'source', 'component') || textAt(event, 'reportingComponent');
  const host = textAt(event, 'source', 'host') || textAt(event, 'reportingInstance');
  return host === '' ? component : `${component}, ${host}`;
}

function portsOf(service: Kube): string {
  const ports = listAt(service, 'spec', 'ports').map(port => {
    const nodePort = port['nodePort'] === undefined ? '' : `:${plainText(port['nodePort'])}`;
    return `${plainText(port['port'])}${nodePort}/${plainText(port['protocol'], 'TCP')}`;
  });
  return ports.join(',') || '<none>';
}

/** The columns of the other kinds the server prints in its own way, by plural. */
export const otherColumns: Readonly<Record<string, readonly Column[]>> = {
  poddisruptionbudgets: [
    nameColumn,
    text('Min Available', pdb => plainText(at(pdb, 'spec', 'minAvailable'), 'N/A')),
    text('Max Unavailable', pdb => plainText(at(pdb, 'spec', 'maxUnavailable'), 'N/A')),
    count('Allowed Disruptions', 'status', 'disruptionsAllowed'),
    age,
  ],
  namespaces: [nameColumn, text('Status', namespace => textAt(namespace, 'status', 'phase')), age],
  leases: [nameColumn, text('Holder', lease => textAt(lease, 'spec', 'holderIdentity')), age],
  events: [
    text('Last Seen', lastSeen),
    text('Type', event => textAt(event, 'type')),
    text('Reason', event => textAt(event, 'reason')),
    text('Object', event => {
      const [kind, name] = ['kind', 'name'].map(field => textAt(event, 'involvedObject', field));
      return `${kind?.toLowerCase()}/${name}`;
    }),
    text('Subobject', event => textAt(event, 'involvedObject', 'fieldPath'), 1),
    text('Source', sourceOf, 1),
    text('Message', event => textAt(event, 'message').trim()),
    text('First Seen', firstSeen, 1),
    { name: 'Count', type: 'string', priority: 1, cell: countOf },
    { ...nameColumn, priority: 1 },
  ],
  services: [
    nameColumn,
    text('Type', service => textAt(service, 'spec', 'type')),
    text('Cluster-IP', service => textAt(service, 'spec', 'clusterIP') || '<none>'),
    text('External-IP', () => '<none>'),
    text('Port(s)', portsOf),
    age,
    text('Selector', service => shownLabels(at(service, 'spec', 'selector')), 1),
  ],
};

function countOf(event: Kube): number {
  const value = at(event, 'series', 'count') ?? at(event, 'count');
  return typeof value === 'number' && value > 0 ? value : 1;
}
