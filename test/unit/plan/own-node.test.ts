import { describe, expect, it } from 'vitest';
import { planNodes, THIS_MACHINE } from '../../../shared/domain/plan.ts';
import { buildPlan } from '../../../shared/domain/plan-build/build.ts';
import { NOT_NARROWED } from '../../../shared/domain/plan-build/narrow.ts';
import { NOWHERE, ownReason, type Self } from '../../../shared/domain/plan-build/own-node.ts';
import { collectCluster } from '../../../shared/inventory/collect.ts';
import { podView } from '../../helpers/fake-cluster.ts';
import { CONTROL_PLANE, clusterWith, fleetOf, nodeView } from '../../helpers/inventory.ts';

const fleetText = (policy: string) => `
fleet: acme
stages: [{name: dev, clusters: [dev]}]
defaults: {ssh: {user: ops}, waves: [{sequences: [1]}, {sequences: [2]}], policy: {allowControlPlaneOutage: true${policy}}}
clusters:
  dev: {kubernetes: {kubeconfig: kubeconfig, context: dev}}
`;
const NODES = [nodeView('a', 1), nodeView('b', 1), nodeView('cp', 1, { labels: CONTROL_PLANE }), nodeView('d', 2)];
const own = podView('worker-0', 'a', { namespace: 'nodetide' });

async function plan(policy: string, { self = NOWHERE, pods = [own], nodes = [] as string[] } = {}) {
  const fleet = fleetOf(fleetText(policy));
  const [cluster] = fleet.stages.flatMap(stage => stage.clusters);
  if (!cluster) throw new Error('no cluster');
  const selectors: string[] = [];
  const api = clusterWith('dev', NODES, pods);
  const ports = {
    connectCluster: () => ({
      ...api,
      listPods: (_: string, selector: string) => {
        selectors.push(selector);
        return Promise.resolve([...pods]);
      },
    }),
    readText: () => Promise.resolve(''),
  };
  const inventories = [await collectCluster(cluster, ports, new AbortController().signal)];
  const made = buildPlan({ fleet, inventories, narrow: { ...NOT_NARROWED, nodes }, nowMs: 0, self });
  return { ...made, names: made.plan && planNodes(made.plan).map(node => node.name), selectors };
}

describe('a node that nodetide itself runs on', () => {
  it('goes last in its wave, after the control plane, with a note', async () => {
    const { names, notes, selectors } = await plan('');
    expect(names).toEqual(['b', 'cp', 'a', 'd']);
    expect(notes).toEqual(['dev/a: nodetide runs on it (pod nodetide/worker-0), and goes last in its wave']);
    expect(selectors).toEqual(['app.kubernetes.io/part-of=nodetide']);
  });

  it('is refused when the policy says so, unless it is left out', async () => {
    const refused = await plan(', ownNode: refuse');
    expect(refused.names).toBeNull();
    expect(refused.problems).toMatchObject([{ code: 'own-node', cluster: 'dev', node: 'a' }]);
    expect((await plan(', ownNode: refuse', { nodes: ['b', 'd'] })).names).toEqual(['b', 'd']);
  });

  it('is not looked for without a selector; pods that ended count for nothing', async () => {
    expect(await plan(", ownPods: ''")).toMatchObject({ names: ['a', 'b', 'cp', 'd'], selectors: [] });
    const ended = [podView('job', 'a', { phase: 'Succeeded' }), podView('pending', '')];
    expect((await plan('', { pods: ended })).notes).toEqual([]);
  });

  it('is known by the machine that plans', async () => {
    const self = { ...NOWHERE, nodeNames: ['b'] };
    expect((await plan('', { pods: [], self })).names).toEqual(['a', 'cp', 'b', 'd']);
  });
});

describe('a host with connection: local', () => {
  const fleetOfOne = `
fleet: acme
stages: [{name: dev, clusters: [dev]}]
clusters:
  dev:
    kubernetes: none
    waves: [{sequences: [1]}]
    inventory: {sources: [{kind: static, nodes: [{name: a, sequence: 1, connection: local}, {name: b, sequence: 1}]}]}
`;
  const planFor = async (text: string, hostnames: readonly string[]) => {
    const fleet = fleetOf(text);
    const [cluster] = fleet.stages.flatMap(stage => stage.clusters);
    if (!cluster) throw new Error('no cluster');
    const ports = { connectCluster: () => clusterWith('dev', [], []), readText: () => Promise.resolve('') };
    const inventories = [await collectCluster(cluster, ports, new AbortController().signal)];
    return buildPlan({ fleet, inventories, narrow: NOT_NARROWED, nowMs: 0, self: { ...NOWHERE, hostnames } });
  };

  it('needs neither address nor login, goes last, and carries the name of the machine that plans', async () => {
    const text = fleetOfOne.replace('{name: b,', '{name: b, address: b, ssh: {user: ops},');
    const { plan: made, problems, notes } = await planFor(`${text}defaults: {ssh: {user: ops}}\n`, ['here', 'pod']);
    expect(problems).toEqual([]);
    expect(made && planNodes(made).map(node => [node.name, node.host.address, node.host.profile])).toEqual([
      ['b', 'b', 'dev'],
      ['a', 'here', THIS_MACHINE],
    ]);
    expect(made && Object.keys(made.profiles)).toEqual(['dev']);
    expect(notes).toEqual(['dev/a: nodetide runs on it (connection local), and goes last in its wave']);
  });

  it('asks for no login when it is alone', async () => {
    const { plan: made } = await planFor(fleetOfOne.replace(', {name: b, sequence: 1}', ''), []);
    expect(made && planNodes(made).map(node => node.host)).toEqual([
      { address: 'localhost', port: 22, profile: THIS_MACHINE },
    ]);
    expect(made?.profiles).toEqual({});
  });
});

describe('whether a host is our own', () => {
  const host = (name: string, address: string) => ({
    ...{ name, address, port: null, sequence: 1, roles: [], profile: null, kubernetes: true, sources: [] },
  });
  const view = (more: object = {}) =>
    nodeView('n1', 1, { addresses: [{ type: 'InternalIP', address: '10.0.0.5' }], ...more });
  const self = (more: Partial<Self>): Self => ({ ...NOWHERE, ...more });

  it.each<[string, Partial<Self>, string, boolean]>([
    ['the same host name', { hostnames: ['n1'] }, '', true],
    ['one with a domain', { hostnames: ['n1.example.com'] }, '', true],
    ['other case', { hostnames: ['N1'] }, '', true],
    ['only a beginning in common', { hostnames: ['n10'] }, '', false],
    ['another domain of the address', { hostnames: ['n1'] }, 'n1.example.com', true],
    ['an address of the Node', { addresses: ['10.0.0.5'] }, '', true],
    ['the address of the inventory', { addresses: ['192.0.2.7'] }, '192.0.2.7', true],
    ['an address that only begins so', { hostnames: ['10'] }, '10.0.0.9', false],
    ['the loopback, which every machine has', { addresses: ['127.0.0.1', '::1'] }, '127.0.0.1', false],
    ['localhost', { hostnames: ['localhost'] }, 'localhost', false],
    ['the name of the Node', { nodeNames: ['n1'] }, '', true],
    ['that of another', { nodeNames: ['n2'] }, '', false],
    ['nothing', {}, '', false],
  ])('%s', (_, known, address, isOwn) => {
    expect(ownReason(host('n1', address), view(), self(known)) !== null).toBe(isOwn);
  });

  it('also outside Kubernetes', () => {
    expect(ownReason(host('lb', '10.0.0.9'), null, self({ addresses: ['10.0.0.9'] }))).toContain('address 10.0.0.9');
    expect(ownReason(host('lb', ''), null, self({ nodeNames: ['lb'] }))).toBeNull();
  });
});
