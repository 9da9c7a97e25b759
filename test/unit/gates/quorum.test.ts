import { describe, expect, it } from 'vitest';
import type { NodeView } from '../../../shared/domain/facts.ts';
import type { GateMoment } from '../../../shared/domain/gate/gate.ts';
import { parseMembers, type QuorumGateSettings } from '../../../shared/domain/gate/quorum.ts';
import type { QuorumFacts } from '../../../shared/gates/quorum/facts.ts';
import { quorumGate } from '../../../shared/gates/quorum/gate.ts';
import { nodeView, podView } from '../../helpers/fake-cluster.ts';
import { tinyPlan } from '../../helpers/plan.ts';

const CONTROL = { 'node-role.kubernetes.io/control-plane': '' };
const ETCD = { 'node-role.kubernetes.io/etcd': 'true' };
const ROLES: QuorumGateSettings = {
  kind: 'quorum',
  name: 'control-plane',
  at: ['claim', 'reboot', 'verify'],
  timeoutMs: 10_000,
  members: { kind: 'roles' },
  healthUrl: '',
  insecure: false,
};
const NOTHING: QuorumFacts = { named: null, pods: [], answers: new Map() };
const cp = (name: string, more: Partial<NodeView> = {}) => nodeView(name, { labels: CONTROL, ...more });
const away = { ready: false, notReadyReason: 'KubeletStopped' };
const THREE = [cp('cp1'), cp('cp2'), cp('cp3'), nodeView('n1')];

interface Ask {
  readonly node?: string;
  readonly views?: readonly NodeView[];
  readonly settings?: Partial<QuorumGateSettings>;
  readonly facts?: Partial<QuorumFacts>;
  readonly moment?: GateMoment;
  readonly outage?: boolean;
}

function ask({ node = 'cp1', views = THREE, settings, facts, moment = 'claim', outage = false }: Ask) {
  const plan = tinyPlan({
    stages: { dev: { a: [{ nodes: [node] }] } },
    kubernetes: true,
    cluster: { allowControlPlaneOutage: outage },
  });
  const [cluster] = plan.stages[0]?.clusters ?? [];
  const [planned] = cluster?.waves[0]?.nodes ?? [];
  if (!cluster || !planned) throw new Error('no plan');
  const nodes = new Map(views.map(view => [view.name, view]));
  const question = { moment, nowMs: 0, rollout: 'r', cluster, nodes, node: planned };
  const verdict = quorumGate.judge({ ...ROLES, ...settings }, { ...NOTHING, ...facts }, question);
  return verdict.open ? 'open' : verdict.reasons.join('; ');
}

const apiServer = (node: string, ready: boolean) =>
  podView(`kube-apiserver-${node}`, node, { namespace: 'kube-system', ready });

describe('a member', () => {
  const cases: [string, Ask, string][] = [
    ['goes while all others are well', {}, 'open'],
    ['that is no member goes whatever they are', { node: 'n1', views: [cp('cp1', away), nodeView('n1')] }, 'open'],
    ['its own trouble is no matter', { views: [cp('cp1', away), cp('cp2'), cp('cp3')] }, 'open'],
    [
      'stays while another is not Ready',
      { views: [cp('cp1'), cp('cp2', away), cp('cp3')] },
      'cp2 is not Ready: KubeletStopped',
    ],
    [
      'stays while a static pod of another is not ready',
      { facts: { pods: [apiServer('cp1', false), apiServer('cp2', true), apiServer('cp3', false)] } },
      'cp3: kube-system/kube-apiserver-cp3 is not ready',
    ],
    [
      'stays while another does not answer',
      { facts: { answers: new Map([['cp2', 'cp2:2381 answered 503']]) } },
      'cp2 is not healthy: cp2:2381 answered 503',
    ],
    [
      'of two does not go',
      { views: [cp('cp1'), cp('cp2')] },
      'the quorum has two members (cp1, cp2), and does not outlast a reboot',
    ],
    [
      'that is alone does not go',
      { views: [cp('cp1')] },
      'the quorum has one member (cp1), and does not outlast a reboot',
    ],
    ['that is alone goes where the outage is borne', { views: [cp('cp1')], outage: true }, 'open'],
    [
      'of two stays while the other is not well, outage or not',
      { views: [cp('cp1'), cp('cp2', away)], outage: true },
      'cp2 is not Ready: KubeletStopped',
    ],
    [
      'of an etcd of two does not go, however many API servers there are',
      { node: 'e1', views: [...THREE, nodeView('e1', { labels: ETCD }), nodeView('e2', { labels: ETCD })] },
      'the quorum has two members (e1, e2), and does not outlast a reboot',
    ],
    [
      'of the API servers goes beside an etcd of three, if that is well',
      { views: [cp('cp1'), ...['e1', 'e2', 'e3'].map(name => nodeView(name, { labels: ETCD }))] },
      'open',
    ],
    ['is asked alone when it is back', { moment: 'verify', views: [cp('cp1'), cp('cp2', away), cp('cp3')] }, 'open'],
    [
      'must be well when it is back',
      { moment: 'verify', facts: { pods: [apiServer('cp1', false)] } },
      'cp1: kube-system/kube-apiserver-cp1 is not ready',
    ],
    [
      'counts like the others for the recovery',
      { moment: 'recovery', views: [cp('cp1', away), cp('cp2'), cp('cp3')] },
      'cp1 is not Ready: KubeletStopped',
    ],
  ];
  it.each(cases)('%s', (_name, asked, wanted) => expect(ask(asked)).toBe(wanted));

  const command = { members: { kind: 'command', command: 'members' } } as const;
  const named = (output: string) => ({ settings: command, facts: { named: parseMembers(output) } });
  it.each([
    ['well', 'cp1\ncp2\ndb9 healthy', 'open'],
    ['not well', 'cp1\ncp2\ndb9 unhealthy no leader', 'db9 is not healthy: no leader'],
    [
      'outside, and nothing is told of it',
      'cp1\ncp2\ndb9',
      'db9: there is no such Node, and nothing else tells its health',
    ],
    ['all elsewhere', 'db7\ndb8\ndb9', 'open'],
    ['told to be well, but not Ready', 'cp1\ncp2\nn9 healthy', 'n9 is not Ready: KubeletStopped'],
  ])('of those a command names, one %s', (_name, output, wanted) => {
    expect(ask({ ...named(output), views: [...THREE, nodeView('n9', away)] })).toBe(wanted);
  });

  it('is found by labels, too', () => {
    const settings = { members: { kind: 'selector', selector: 'etcd=yes' } } as const;
    const labels = { etcd: 'yes' };
    const views = [nodeView('e1', { labels }), nodeView('e2', { labels }), nodeView('e3', { labels, ...away })];
    expect(ask({ node: 'e1', settings, views })).toBe('e3 is not Ready: KubeletStopped');
  });
});

describe('members that a command prints', () => {
  it.each([
    ['', 'no member'],
    ['# none\n\n', 'no member'],
    ['a b\n', 'names no member: a b'],
    ['a\na healthy\n', 'a twice'],
    ['Error: context deadline exceeded', 'names no member: Error: context'],
  ])('%j is refused', (output, wanted) => expect(() => parseMembers(output)).toThrow(wanted));
});
