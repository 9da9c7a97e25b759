import { describe, expect, it } from 'vitest';
import { planClusters, planNodes, policyOf } from '../../../shared/domain/plan.ts';
import { CONTROL_PLANE, nodeView, planOf } from '../../helpers/inventory.ts';

const FLEET = `
fleet: acme
stages: [{name: dev, clusters: [dev]}, {name: prod, clusters: [prod, edge]}]
defaults:
  ssh: {user: ops}
  waves: [{sequences: [4, 1], concurrency: 50%}, {sequences: [2]}, {sequences: [3]}]
  roles: {control-plane: {policy: {verify: {soak: 2m}, reboot: {when: never}}}}
clusters:
  dev:
    kubernetes: {kubeconfig: kubeconfig, context: dev}
    unsequenced: last-wave
    policy: {verify: {soak: 5s, failedUnits: false}}
    roles: {control-plane: {policy: {reboot: {when: always}}}, gpu: {policy: {upgrade: {manager: none}}}}
  prod:
    kubernetes: {kubeconfig: kubeconfig, context: prod}
    ssh: {jump: [{address: bastion, user: jump}]}
    inventory: {sources: [{kind: kubernetes, selector: 'pool in (web)'}, {kind: static, nodes: [{name: lb, address: 10.9.9.9, sequence: 2, kubernetes: false, ssh: {user: root, jump: []}}]}]}
  edge:
    kubernetes: none
    inventory: {sources: [{kind: static, nodes: [{name: e1, address: 10.1.0.1, port: 2222, sequence: 1}]}]}
`;
const GPU = { 'node-role.kubernetes.io/gpu': '' };
const WEB = { pool: 'web' };
const NODES = {
  dev: [
    nodeView('cp-1', 1, { labels: CONTROL_PLANE }),
    nodeView('cp-2', 4, { labels: CONTROL_PLANE }),
    nodeView('cp-3', 2, { labels: CONTROL_PLANE }),
    nodeView('w-10', 1),
    nodeView('w-9', 1, { labels: GPU, unschedulable: true }),
    nodeView('w-1', 4, { ready: false, notReadyReason: 'KubeletNotReady' }),
    nodeView('late'),
  ],
  prod: [nodeView('p-1', 1, { labels: WEB }), nodeView('db-1', 1, { labels: { pool: 'db' } })],
};

const names = async (narrow: Parameters<typeof planOf>[2]) => {
  const { plan } = await planOf(FLEET, NODES, narrow);
  return plan ? planNodes(plan).map(node => node.name) : null;
};

describe('a plan', () => {
  it('orders stages, clusters, waves and nodes: control plane last, then sequence, then name', async () => {
    const { plan, problems } = await planOf(FLEET, NODES);
    expect(problems).toEqual([]);
    expect(
      plan &&
        planClusters(plan).map(cluster =>
          cluster.waves.map(wave => [
            wave.index,
            wave.name,
            wave.concurrency,
            wave.nodes.map(node => node.name).join(' '),
          ]),
        ),
    ).toEqual([
      [
        [0, '1+4', 2, 'w-9 w-10 w-1 cp-1 cp-2'],
        [1, '2', 1, 'cp-3'],
        [2, 'no-sequence', 1, 'late'],
      ],
      [
        [0, '1+4', 1, 'p-1'],
        [1, '2', 1, 'lb'],
      ],
      [[0, '1+4', 1, 'e1']],
    ]);
  });

  it('says why nodes are left out and what else to know', async () => {
    const { plan, notes } = await planOf(FLEET, NODES);
    expect(plan && planClusters(plan).map(cluster => cluster.leftOut)).toEqual([
      [],
      [{ node: 'db-1', reason: 'does not match the selector pool in (web) of the inventory' }],
      [],
    ]);
    expect(notes).toEqual([
      'dev: no node is in wave 3',
      'dev/w-9: cordoned by somebody else, will be left out unless that ends',
      'dev/w-1: not Ready (KubeletNotReady), will not be started so',
      'prod: no node is in wave 3',
      'edge: no node is in wave 2',
      'edge: no node is in wave 3',
    ]);
  });

  it('leaves out a Node that no source names', async () => {
    const text = FLEET.replace("{kind: kubernetes, selector: 'pool in (web)'}, ", '');
    const { plan } = await planOf(text, NODES);
    const [, prod] = plan ? planClusters(plan) : [];
    expect(prod?.leftOut).toEqual([
      { node: 'db-1', reason: 'a Node of the cluster that no inventory source names' },
      { node: 'p-1', reason: 'a Node of the cluster that no inventory source names' },
    ]);
    expect(prod?.size).toBe(3);
  });

  it('gives steps with the reasons known beforehand', async () => {
    const { plan } = await planOf(FLEET, NODES);
    const skipped = new Map(
      plan
        ? planNodes(plan).map(node => [
            node.name,
            node.steps.filter(each => each.skip).map(each => `${each.step}: ${each.skip}`),
          ])
        : [],
    );
    expect(skipped.get('w-10')).toEqual([]);
    expect(skipped.get('w-9')).toEqual(['upgrade: upgrade.manager is none']);
    expect(skipped.get('e1')).toEqual(['drain: not in Kubernetes', 'uncordon: not in Kubernetes']);
    expect(skipped.get('lb')).toEqual(['drain: not in Kubernetes', 'uncordon: not in Kubernetes']);
  });

  it('gives policies: a role wins over its cluster, the cluster over the fleet', async () => {
    const { plan } = await planOf(FLEET, NODES);
    if (!plan) throw new Error('no plan');
    const of = (name: string) =>
      planNodes(plan)
        .filter(node => node.name === name)
        .map(node => [
          node.policy,
          policyOf(plan, node).verify.soakMs,
          policyOf(plan, node).verify.failedUnits,
          policyOf(plan, node).reboot.when,
        ])[0];
    expect(of('w-10')).toEqual(['dev', 5000, false, 'if-needed']);
    expect(of('cp-1')).toEqual(['dev/control-plane', 120_000, false, 'always']);
    expect(of('p-1')).toEqual(['prod', 30_000, true, 'if-needed']);
  });

  it('holds exactly the profiles its nodes need', async () => {
    const { plan } = await planOf(FLEET, NODES, { clusters: [], nodes: ['p-1', 'lb'] });
    expect(
      plan && Object.entries(plan.profiles).map(([name, { user, jump, become }]) => [name, user, become, jump]),
    ).toEqual([
      ['prod', 'ops', 'sudo', [{ address: 'bastion', port: 22, profile: 'prod/jump-1' }]],
      ['prod/jump-1', 'jump', 'none', []],
      ['prod/lb', 'root', 'none', []],
    ]);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it('is narrowed by wave, node, label and number, and keeps the pace of the whole wave', async () => {
    expect(await names({ waves: ['2'] })).toEqual(['cp-3', 'lb']);
    expect(await names({ waves: ['1+4'] })).toEqual(['w-9', 'w-10', 'w-1', 'cp-1', 'cp-2', 'p-1', 'e1']);
    expect(await names({ waves: ['4'], limit: 2 })).toEqual(['w-9', 'w-10']);
    expect(await names({ waves: ['no-sequence'] })).toEqual(['late']);
    expect(await names({ nodes: ['dev/w-1', 'lb'] })).toEqual(['w-1', 'lb']);
    expect(await names({ selector: '!node-role.kubernetes.io/control-plane', nodes: ['cp-1', 'w-9'] })).toEqual([
      'w-9',
    ]);
    const { plan } = await planOf(FLEET, NODES, { nodes: ['w-10'] });
    expect(plan?.stages).toHaveLength(1);
    expect(plan?.stages[0]?.clusters[0]).toMatchObject({ size: 7, waves: [{ index: 0, name: '1+4', concurrency: 2 }] });
    expect(plan?.stages[0]?.clusters[0]?.leftOut.find(each => each.node === 'w-9')?.reason).toBe(
      'not among the nodes asked for',
    );
  });

  it('compares labels later only where they said the same', async () => {
    const { plan } = await planOf(FLEET, NODES);
    expect(plan && planClusters(plan).map(cluster => cluster.labels)).toEqual([
      { sequence: 'nodetide.io/sequence', rolePrefixes: ['node-role.kubernetes.io/'] },
      { sequence: 'nodetide.io/sequence', rolePrefixes: ['node-role.kubernetes.io/'] },
      { sequence: null, rolePrefixes: [] },
    ]);
  });
});

describe('failure budgets', () => {
  const budgets = async (fleet: string, cluster: string, wave: string) => {
    const text = FLEET.replace('fleet: acme', `fleet: acme\n${fleet}`)
      .replace('unsequenced: last-wave\n    policy: {', `unsequenced: last-wave\n    policy: {${cluster}`)
      .replace('concurrency: 50%}', `concurrency: 50%${wave}}`);
    const { plan, problems } = await planOf(text, NODES);
    expect(problems).toEqual([]);
    const dev = plan && planClusters(plan)[0];
    return [plan?.failureBudget, dev?.failureBudget, dev?.waves[0]?.failureBudget, dev?.waves[1]?.failureBudget];
  };

  it.each([
    ['', '', '', [0, undefined, undefined, undefined]],
    ['failureBudget: 2', 'failureBudget: 0, ', ', failureBudget: 1', [2, 0, 1, undefined]],
    // Of 10, 7 and 5 planned nodes: shares round down, also to none.
    ['failureBudget: 25%', 'failureBudget: 30%, ', ', failureBudget: 10%', [2, 2, 0, undefined]],
  ])('%s %s %s', async (fleet, cluster, wave, expected) => {
    expect(await budgets(fleet, cluster, wave)).toEqual(expected);
  });
});
