import { clusterWith, GATE_BASE, type GateCase } from './case.ts';

const settings = { ...GATE_BASE, kind: 'longhorn', namespace: 'longhorn-system' } as const;
const opens = 'when they are healthy again';

type Volume = readonly [state: string, robustness: string];
type Replica = readonly [node: string, state: string];

/** Objects written by hand, of the form of longhorn.io/v1beta2. */
function longhorn(volumes: readonly Volume[], replicas: readonly Replica[] = []) {
  const volume = ([state, robustness]: Volume, index: number) => ({
    metadata: { name: `pvc-${index}` },
    spec: { numberOfReplicas: 2 },
    status: { state, robustness, kubernetesStatus: { namespace: 'shop', pvcName: 'data' } },
  });
  const replica = ([nodeID, currentState]: Replica) => ({
    spec: { volumeName: 'pvc-0', nodeID, failedAt: '' },
    status: { currentState },
  });
  return clusterWith(cluster => {
    cluster.onRead = ({ resource }) =>
      resource === 'volumes.longhorn.io' ? volumes.map(volume) : replicas.map(replica);
  });
}

const degraded = { reasons: ['volume pvc-0 (shop/data) is degraded'], opens };

/** Volumes and replicas of Longhorn. */
export const LONGHORN_CASES: readonly GateCase[] = [
  { name: 'no volume', settings, says: 'open' },
  {
    name: 'volumes that are healthy, detached or on the way',
    settings,
    api: longhorn([
      ['attached', 'healthy'],
      ['detached', 'unknown'],
      ['attaching', 'unknown'],
    ]),
    says: 'open',
  },
  { name: 'a degraded volume', settings, api: longhorn([['attached', 'degraded']]), says: degraded },
  {
    name: 'volumes nothing is left of, and of which nothing is known',
    settings,
    api: longhorn([
      ['detached', 'faulted'],
      ['attached', 'unknown'],
    ]),
    says: { reasons: ['volume pvc-0 (shop/data) is faulted', 'volume pvc-1 (shop/data) is unknown'], opens },
  },
  {
    name: 'before the reboot: the replica of the drained node is missing',
    settings,
    moment: 'reboot',
    api: longhorn(
      [['attached', 'degraded']],
      [
        ['n1', 'stopped'],
        ['n2', 'running'],
      ],
    ),
    says: 'open',
  },
  {
    name: 'before the claim: a replica of the node is missing',
    settings,
    api: longhorn(
      [['attached', 'degraded']],
      [
        ['n1', 'stopped'],
        ['n2', 'running'],
      ],
    ),
    says: degraded,
  },
  {
    name: 'before the reboot: a replica of another node is missing',
    settings,
    moment: 'reboot',
    api: longhorn(
      [['attached', 'degraded']],
      [
        ['n1', 'stopped'],
        ['n2', 'stopped'],
        ['n3', 'running'],
      ],
    ),
    says: degraded,
  },
  {
    name: 'before the reboot: a replica was never made',
    settings,
    moment: 'reboot',
    api: longhorn([['attached', 'degraded']], [['n1', 'stopped']]),
    says: degraded,
  },
  { name: 'no Kubernetes', settings, api: null, says: { throws: 'is no Kubernetes cluster' } },
  {
    name: 'objects that are something else',
    settings,
    api: clusterWith(cluster => {
      cluster.onRead = () => [{ kind: 'Volume' }];
    }),
    says: { throws: 'metadata is not an object' },
  },
];
