import { nodeView, podView } from '../fake-cluster.ts';
import { answer, clusterWith, GATE_BASE, type GateCase } from './case.ts';

const settings = {
  ...GATE_BASE,
  kind: 'quorum',
  members: { kind: 'selector', selector: 'role=etcd' },
  healthUrl: '',
  insecure: false,
} as const;
const member = (name: string, ready = true) =>
  nodeView(name, { labels: { role: 'etcd' }, ready, notReadyReason: ready ? '' : 'KubeletStopped' });
const THREE = [member('n1'), member('n2'), member('n3')];
const named = { ...settings, members: { kind: 'command', command: 'etcd-members' } } as const;
const opens = 'when every other member is well';
const prints = (output: string, exitCode = 0) => ({ run: () => ({ exitCode, output }) });
const asked = { ...settings, healthUrl: 'http://{address}:2381/health' };

/** Members of etcd and of the control plane. */
export const QUORUM_CASES: readonly GateCase[] = [
  { name: 'all members well', settings, nodes: THREE, says: 'open' },
  { name: 'no Kubernetes', settings: { ...settings, members: { kind: 'roles' } }, api: null, says: 'open' },
  {
    name: 'another member that is not Ready',
    settings,
    nodes: [member('n1'), member('n2', false), member('n3')],
    says: { reasons: ['n2 is not Ready: KubeletStopped'], opens },
  },
  {
    name: 'a static pod of another member that is not ready',
    settings,
    nodes: THREE,
    api: clusterWith(cluster => {
      const labels = { component: 'etcd' };
      cluster.add(podView('etcd-n3', 'n3', { namespace: 'kube-system', labels, ready: false }));
    }),
    says: { reasons: ['n3: kube-system/etcd-n3 is not ready'], opens },
  },
  {
    name: 'a member outside Kubernetes that is not healthy',
    settings: named,
    ...prints('n1\ndb2 healthy\ndb3 unhealthy no leader\n'),
    nodes: THREE,
    says: { reasons: ['db3 is not healthy: no leader'], opens },
  },
  {
    name: 'a member that answers badly',
    settings: asked,
    nodes: THREE,
    api: clusterWith(cluster => cluster.add(...THREE)),
    http: probe => answer('', probe.url.hostname === 'n2' ? 503 : 200)(probe),
    says: { reasons: ['n2 is not healthy: n2:2381 answered 503'], opens },
  },
  {
    name: 'a command that fails',
    settings: named,
    ...prints('no route', 3),
    says: { throws: 'ended with 3: no route' },
  },
  { name: 'a command that prints nothing', settings: named, ...prints(''), says: { throws: 'printed no member' } },
];
