import { clusterWith, GATE_BASE, type GateCase } from './case.ts';

const settings = {
  ...GATE_BASE,
  kind: 'kured',
  lock: 'hold',
  namespace: 'kube-system',
  daemonSet: 'kured',
  ttlMs: 3_600_000,
} as const;

function kured(lock: string | null): ReturnType<typeof clusterWith> {
  const annotations = lock === null ? {} : { 'weave.works/kured-node-lock': lock };
  return clusterWith(cluster => {
    cluster.onRead = () => [{ metadata: { name: 'kured', namespace: 'kube-system', annotations } }];
  });
}

/** kured's lock in its DaemonSet; how it is read has tests of its own. */
export const KURED_CASES: readonly GateCase[] = [
  { name: 'no kured', settings, says: 'open' },
  { name: 'nobody has it', settings, api: kured(null), says: 'open' },
  {
    name: 'a lock that cannot be read',
    settings,
    api: kured('{'),
    says: { opens: 'when annotation weave.works/kured-node-lock was mended or removed by hand' },
  },
  {
    name: 'a lock that was lost before the reboot',
    settings,
    api: kured(null),
    moment: 'reboot',
    says: {
      reasons: ["kured's lock on DaemonSet kube-system/kured is not ours any more"],
      opens: 'when it is again',
    },
  },
  {
    name: 'a cluster that does not answer',
    settings,
    api: clusterWith(cluster => {
      cluster.trouble = new Error('no route to host');
    }),
    says: { throws: 'no route to host' },
  },
];
