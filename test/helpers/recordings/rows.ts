import type { Json, Kube } from '../../../services/simulator/api/object.ts';
import type { Resource } from '../../../services/simulator/api/resources.ts';

type Cells = readonly (string | number)[];
type Body = (cells: Cells, metadata: Kube['metadata']) => Json;

const text = (cells: Cells, index: number): string => String(cells[index] ?? '');

function selectorOf(shown: string): Json {
  return { matchLabels: Object.fromEntries(shown.split(',').map(pair => pair.split('='))) as Json };
}

function template(cells: Cells, containers: number): Json {
  const images = text(cells, containers + 1).split(',');
  const names = text(cells, containers).split(',');
  return { metadata: {}, spec: { containers: names.map((name, index) => ({ name, image: images[index] })) } };
}

function ready(cells: Cells): [number, number] {
  const [is = 0, of = 0] = text(cells, 1).split('/').map(Number);
  return [is, of];
}

/** What a Table's row tells of an object, by kind. The columns are the server's, in its order. */
const bodies: Readonly<Record<string, Body>> = {
  pods: cells => {
    const [running, of] = ready(cells);
    const containers = Array.from({ length: of }, (_, index) => ({ name: `c${index}`, image: 'registry.local/app:1' }));
    return {
      spec: { nodeName: cells[6], containers },
      status: {
        phase: cells[2],
        podIP: cells[5],
        containerStatuses: containers.map(({ name }, index) => ({
          name,
          restartCount: Number(cells[3]),
          ready: index < running,
          state: { running: {} },
        })),
      },
    };
  },
  deployments: cells => {
    const [readyReplicas, replicas] = ready(cells);
    return {
      spec: { replicas, selector: selectorOf(text(cells, 7)), template: template(cells, 5) },
      status: { replicas, readyReplicas, updatedReplicas: cells[2], availableReplicas: cells[3] },
    };
  },
  replicasets: cells => ({
    spec: { replicas: cells[1], selector: selectorOf(text(cells, 7)), template: template(cells, 5) },
    status: { replicas: cells[2], readyReplicas: cells[3] },
  }),
  statefulsets: cells => {
    const [readyReplicas, replicas] = ready(cells);
    return { spec: { replicas, template: template(cells, 3) }, status: { replicas, readyReplicas } };
  },
  jobs: cells => {
    const [succeeded, completions] = text(cells, 2).split('/').map(Number);
    return {
      spec: { completions, selector: selectorOf(text(cells, 7)), template: template(cells, 5) },
      status: { succeeded, active: 2, startTime: new Date().toISOString() },
    };
  },
  poddisruptionbudgets: cells => ({
    spec: {
      ...(cells[1] === 'N/A' ? {} : { minAvailable: shownCount(cells[1]) }),
      ...(cells[2] === 'N/A' ? {} : { maxUnavailable: shownCount(cells[2]) }),
    },
    status: { disruptionsAllowed: cells[3] },
  }),
  namespaces: cells => ({ spec: { finalizers: ['kubernetes'] }, status: { phase: cells[1] } }),
  leases: cells => ({ spec: { holderIdentity: cells[1] } }),
  events: (cells, { creationTimestamp }) => {
    const [kind = '', name = ''] = text(cells, 3).split('/');
    const [component, host] = text(cells, 5).split(', ');
    const involved: Json = { kind: kind.charAt(0).toUpperCase() + kind.slice(1), name };
    return {
      type: cells[1],
      reason: cells[2],
      involvedObject: text(cells, 4) === '' ? involved : { ...involved, fieldPath: cells[4] },
      source: { component, ...(host === undefined ? {} : { host }) },
      message: cells[6],
      count: cells[8],
      firstTimestamp: creationTimestamp,
      lastTimestamp: creationTimestamp,
      eventTime: null,
    };
  },
};

function shownCount(cell: string | number | undefined): string | number {
  return /^\d+$/.test(String(cell)) ? Number(cell) : String(cell);
}

/** An object as far as a row shows it. */
export function objectOfRow(r: Resource, row: Json): Kube {
  const { metadata } = row['object'] as Kube;
  return { metadata, ...bodies[r.plural]?.(row['cells'] as Cells, metadata) };
}
