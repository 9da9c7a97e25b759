import { describe, expect, it } from 'vitest';
import type { NodeView } from '../../../shared/domain/facts.ts';
import { type ClaimCheck, checkClaim } from '../../../shared/gates/claim-checks.ts';
import { isShort, type RecoveryFacts, recoveryObstacles } from '../../../shared/gates/recovery.ts';
import { isAway, isControlPlane } from '../../../shared/gates/unavailable.ts';
import { nodeView, pdbView, podView } from '../../helpers/fake-cluster.ts';
import { BIG_ROOM } from '../../helpers/placement.ts';
import { tinyPlan, tinyPolicy } from '../../helpers/plan.ts';
import { marked } from '../../helpers/seen-cluster.ts';

const us = { installation: 'ours', rollout: 'r1' };
const labels = { sequence: 'seq', rolePrefixes: [] };
const plan = (kubernetes: boolean, name = 'n1') => {
  const node = tinyPlan({ stages: { dev: { a: [{ nodes: [name] }] } }, kubernetes }).stages[0]?.clusters[0]?.waves[0]
    ?.nodes[0];
  if (!node) throw new Error('no node');
  return node;
};
const CONTROL = { 'node-role.kubernetes.io/control-plane': '' };
const claim: ClaimCheck = { kind: 'claim', adopt: false };
const skipped = (reason: string) => ({ kind: 'settle', state: 'skipped', reason });
const tainted = (key: string, value = ''): Partial<NodeView> => {
  return { room: { ...BIG_ROOM, taints: [{ key, value, effect: 'NoSchedule' }] } };
};
const hold = (reason: string) => ({ kind: 'hold', reason: expect.stringContaining(reason) });

describe('the look at a pending node', () => {
  const cases: [string, Partial<NodeView>, unknown][] = [
    ['as planned', {}, claim],
    ['its sequence still the same', { labels: { seq: '1' } }, claim],
    ['its sequence gone from the labels', { labels: { other: '1' } }, claim],
    ['another sequence', { labels: { seq: '2' } }, hold('its sequence is now 2, the plan has 1')],
    ['another UID', { uid: 'new' }, hold('UID changed')],
    ['become a control-plane node', { labels: CONTROL }, hold('control-plane')],
    ['not Ready', { ready: false, notReadyReason: 'KubeletStopped' }, hold('KubeletStopped')],
    [
      'cordoned by somebody',
      { unschedulable: true },
      { kind: 'settle', state: 'skipped', reason: 'cordoned by somebody else' },
    ],
    [
      'about to be deleted by the cluster-autoscaler',
      tainted('ToBeDeletedByClusterAutoscaler', '1700000000'),
      skipped('the cluster-autoscaler deletes it (taint ToBeDeletedByClusterAutoscaler)'),
    ],
    [
      'a candidate of the cluster-autoscaler',
      tainted('DeletionCandidateOfClusterAutoscaler', '1700000000'),
      skipped('the cluster-autoscaler is about to delete it (taint DeletionCandidateOfClusterAutoscaler)'),
    ],
    [
      'disrupted by Karpenter',
      tainted('karpenter.sh/disrupted'),
      skipped('Karpenter replaces it (taint karpenter.sh/disrupted)'),
    ],
    [
      'disrupted by an old Karpenter',
      tainted('karpenter.sh/disruption', 'disrupting'),
      skipped('Karpenter replaces it (taint karpenter.sh/disruption)'),
    ],
    ['a mere candidate of an old Karpenter', tainted('karpenter.sh/disruption', 'candidate'), claim],
    [
      'outdated for Cluster API',
      tainted('node.cluster.x-k8s.io/outdated-revision'),
      skipped('Cluster API is about to replace it (taint node.cluster.x-k8s.io/outdated-revision)'),
    ],
    [
      'being rebooted by kured',
      { annotations: { 'weave.works/kured-reboot-in-progress': '2026-01-01T00:00:00Z' } },
      hold('kured reboots it'),
    ],
    [
      'kept by the cluster-autoscaler',
      { annotations: { 'cluster-autoscaler.kubernetes.io/scale-down-disabled': 'true' } },
      claim,
    ],
    ['our mark', marked({ installation: 'ours', rollout: 'r1' }), { kind: 'claim', adopt: true }],
    [
      'our mark, whatever else has changed',
      { ...marked({ installation: 'ours', rollout: 'r1' }), uid: 'new', ready: false, unschedulable: true },
      { kind: 'claim', adopt: true },
    ],
    ['the mark of another rollout of ours', marked({ installation: 'ours', rollout: 'r0' }), hold('rollout r0')],
    ['the mark of another installation', marked({ installation: 'x', rollout: 'r1' }), hold('installation x')],
    ['a mark that is no JSON', { annotations: { 'nodetide.io/work': '{' } }, hold('cannot be read')],
    ['a mark with fields missing', { annotations: { 'nodetide.io/work': '{"rollout":"r1"}' } }, hold('cannot be read')],
    ['another UID, and not Ready: the change comes first', { uid: 'new', ready: false }, hold('UID changed')],
  ];
  it.each(cases)('%s', (_name, view, wanted) => {
    expect(checkClaim(plan(true), tinyPolicy(), labels, nodeView('n1', view), us)).toEqual(wanted);
  });

  it('gone: excluded; outside Kubernetes: taken without a look', () => {
    const gone = checkClaim(plan(true), tinyPolicy(), labels, undefined, us);
    expect(gone).toMatchObject({ kind: 'settle', state: 'excluded' });
    expect(checkClaim(plan(false), tinyPolicy(), labels, undefined, us)).toEqual(claim);
  });

  it('cordoned by somebody, and kept so by policy: taken', () => {
    const policy = { ...tinyPolicy(), cordonedByOthers: 'keep-cordoned' } as const;
    expect(checkClaim(plan(true), policy, labels, nodeView('n1', { unschedulable: true }), us)).toEqual(claim);
  });

  it('a planned control-plane node may be one; sequences that come from elsewhere are not compared', () => {
    expect(checkClaim(plan(true, 'cp1'), tinyPolicy(), labels, nodeView('cp1', { labels: CONTROL }), us)).toEqual(
      claim,
    );
    const elsewhere = { sequence: null, rolePrefixes: [] };
    expect(checkClaim(plan(true), tinyPolicy(), elsewhere, nodeView('n1', { labels: { seq: '9' } }), us)).toEqual(
      claim,
    );
  });
});

const budget = (currentHealthy: number, expectedPods = 3) => pdbView('web', { currentHealthy, expectedPods });
const pod = (name: string, more: Parameters<typeof podView>[2]) => podView(name, 'n1', more);

describe('the look after a node came back', () => {
  const cases: [string, Partial<RecoveryFacts>, string[]][] = [
    ['all is well', { pods: [pod('web-1', {})], budgets: [budget(2)] }, []],
    ['the node is gone', { node: undefined, pods: [pod('web-1', { ready: false })], budgets: [budget(0)] }, []],
    ['not Ready', { node: nodeView('n1', { ready: false, notReadyReason: 'Boot' }) }, ['n1 is not Ready: Boot']],
    ['cordoned', { node: nodeView('n1', { unschedulable: true }) }, ['n1 is not schedulable']],
    ['cordoned on purpose', { node: nodeView('n1', { unschedulable: true }), mayStayCordoned: true }, []],
    ['a pod starts', { pods: [pod('web-1', { ready: false })] }, ['1 of its pods not Ready: shop/web-1']],
    [
      'many pods start',
      { pods: ['a', 'b', 'c', 'd'].map(name => pod(name, { ready: false, phase: 'Pending' })) },
      ['4 of its pods not Ready: shop/a, shop/b, shop/c, …'],
    ],
    [
      'pods that end or have ended',
      {
        pods: [
          pod('a', { ready: false, deletionMs: 5 }),
          pod('b', { ready: false, phase: 'Succeeded' }),
          pod('c', { ready: false, phase: 'Failed' }),
        ],
      },
      [],
    ],
    ['a budget short', { budgets: [budget(1)] }, ['budget shop/web has 1 healthy pods and wants 2']],
    ['a budget that was short before', { budgets: [budget(1)], shortBefore: ['shop/web'] }, []],
    ['a budget of no pods', { budgets: [budget(0, 0)] }, []],
  ];
  it.each(cases)('%s', (_name, facts, wanted) => {
    const calm = { node: nodeView('n1'), mayStayCordoned: false, pods: [], budgets: [], shortBefore: [] };
    expect(recoveryObstacles({ ...calm, ...facts })).toEqual(wanted);
  });

  it('tells everything at once', () => {
    const node = nodeView('n1', { ready: false, unschedulable: true });
    const facts = {
      node,
      mayStayCordoned: false,
      pods: [pod('a', { ready: false })],
      budgets: [budget(0)],
      shortBefore: [],
    };
    expect(recoveryObstacles(facts)).toHaveLength(4);
  });
});

describe('unavailable', () => {
  it.each([
    [true, false, false],
    [false, false, true],
    [true, true, true],
    [false, true, true],
  ])('ready %s, cordoned %s: away %s', (ready, unschedulable, away) => {
    expect(isAway(nodeView('n1', { ready, unschedulable }))).toBe(away);
  });

  it.each([
    [{}, false],
    [{ 'node-role.kubernetes.io/control-plane': '' }, true],
    [{ 'node-role.kubernetes.io/master': 'true' }, true],
    [{ 'node-role.kubernetes.io/worker': '' }, false],
  ])('labels %j: control plane %s', (some, wanted) => {
    expect(isControlPlane(nodeView('n1', { labels: some }))).toBe(wanted);
  });

  it.each([
    [2, 3, false],
    [1, 3, true],
    [0, 0, false],
  ])('a budget with %i healthy of %i expected: short %s', (healthy, expected, short) => {
    expect(isShort(budget(healthy, expected))).toBe(short);
  });
});
