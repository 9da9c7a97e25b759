import { describe, expect, it } from 'vitest';
import { planNodes } from '../../../shared/domain/plan.ts';
import { CONTROL_PLANE, nodeView, planOf } from '../../helpers/inventory.ts';

const fleet = (cluster: string) => `
fleet: acme
stages: [{name: one, clusters: [dev]}]
defaults: {ssh: {user: ops}, waves: [{sequences: [1, 4]}, {sequences: [2]}]}
clusters:
  dev:
    kubernetes: {kubeconfig: kubeconfig, context: dev}
${cluster}`;

const statics = (nodes: string) =>
  fleet(`    inventory: {sources: [{kind: kubernetes}, {kind: static, nodes: [${nodes}]}]}\n`);

const messages = async (...args: Parameters<typeof planOf>) =>
  (await planOf(...args)).problems.map(({ code, cluster, node, message }) => [code, cluster, node, message]);

describe('what keeps a plan from being made', () => {
  it('a Node without a sequence', async () => {
    expect(await messages(fleet(''), { dev: [nodeView('a')] })).toEqual([
      [
        'no-sequence',
        'dev',
        'a',
        'a carries no sequence (label nodetide.io/sequence); set one, or say unsequenced: last-wave',
      ],
    ]);
  });

  it('a sequence that is no number, said once', async () => {
    expect(await messages(fleet(''), { dev: [nodeView('a', 'first')] })).toEqual([
      [
        'sequence-not-a-number',
        'dev',
        'a',
        'label nodetide.io/sequence of a is "first", which is no sequence; set a whole number',
      ],
    ]);
  });

  it('a sequence in no wave', async () => {
    expect(await messages(fleet(''), { dev: [nodeView('a', 1), nodeView('b', 9)] })).toEqual([
      ['sequence-in-no-wave', 'dev', 'b', 'b has sequence 9, which is in no wave of dev (1+4, 2); add it to one'],
    ]);
  });

  it('a host that is no Node, which would be rebooted without a drain', async () => {
    const text = statics('{name: web-1, address: 10.0.0.1, sequence: 1}');
    expect(await messages(text, { dev: [nodeView('web-1.example.com', 1)] })).toEqual([
      [
        'not-a-node',
        'dev',
        'web-1',
        'dev has no Node named web-1 (the static list); did you mean web-1.example.com? Use the name of the Node, or say kubernetes: false if it is none',
      ],
    ]);
  });

  it('a Node said to be none', async () => {
    const text = statics('{name: web-1, kubernetes: false}');
    expect(await messages(text, { dev: [nodeView('web-1', 1)] })).toEqual([
      ['is-a-node', 'dev', 'web-1', 'web-1 is a Node of dev, but the inventory says kubernetes: false; take that away'],
    ]);
  });

  it('a Node without an address of the type', async () => {
    const addresses = [{ type: 'Hostname', address: 'a' }];
    expect(await messages(fleet(''), { dev: [nodeView('a', 1, { addresses })] })).toEqual([
      [
        'no-address',
        'dev',
        'a',
        'no source gives an address for a (its Node has addresses of type Hostname); add one to a source or choose another addressType',
      ],
    ]);
  });

  it('sources that do not agree', async () => {
    const text = statics('{name: a, address: 10.0.0.1, sequence: 2}');
    const agree = 'make them agree, or say overrides: true for the source that is right';
    expect(await messages(text, { dev: [nodeView('a', 1)] })).toEqual([
      [
        'inventory-conflict',
        'dev',
        'a',
        `address of a is ip-a in kubernetes but 10.0.0.1 in the static list; ${agree}`,
      ],
      ['inventory-conflict', 'dev', 'a', `sequence of a is 1 in kubernetes but 2 in the static list; ${agree}`],
    ]);
  });

  it('two hosts at one address', async () => {
    const addresses = [{ type: 'InternalIP', address: '10.0.0.1' }];
    const nodes = [nodeView('a', 1, { addresses }), nodeView('b', 1, { addresses })];
    expect(await messages(fleet(''), { dev: nodes })).toEqual([
      ['same-address', 'dev', 'b', 'b has the address of dev/a: 10.0.0.1, port 22'],
    ]);
  });

  it('a control plane of two, even if one of them is in no inventory', async () => {
    const nodes = [
      nodeView('a', 1, { labels: CONTROL_PLANE }),
      nodeView('b', 1, { labels: CONTROL_PLANE }),
      nodeView('c', 1),
    ];
    const text = fleet(
      '    inventory: {sources: [{kind: static, nodes: [{name: a, address: x, sequence: 1, roles: [master]}]}]}\n',
    );
    const problem = [
      'control-plane-outage',
      'dev',
      undefined,
      'the control plane of dev has two members (a, b): a reboot takes its API away; say allowControlPlaneOutage: true to bear that',
    ];
    expect(await messages(fleet(''), { dev: nodes })).toEqual([problem]);
    expect(await messages(text, { dev: nodes })).toEqual([problem]);
    expect(await messages(fleet(''), { dev: nodes }, { nodes: ['c'] })).toEqual([]);
    expect(await messages(fleet('    policy: {allowControlPlaneOutage: true}\n'), { dev: nodes })).toEqual([]);
    expect(await messages(fleet('    policy: {reboot: {when: never}}\n'), { dev: nodes })).toEqual([]);
    const third = nodeView('d', 1, { labels: CONTROL_PLANE });
    expect(await messages(fleet(''), { dev: [...nodes, third] })).toEqual([]);
  });

  it('names on the command line that stand for nothing', async () => {
    const nodes = { dev: [nodeView('web-1', 1)] };
    expect(await messages(fleet(''), nodes, { waves: ['9'], nodes: ['web-l'] })).toEqual([
      ['unknown-wave', undefined, undefined, 'there is no wave 9; there are 1+4, 2'],
      ['unknown-node', undefined, undefined, 'no inventory has a node web-l; did you mean web-1?'],
    ]);
  });

  it('nothing at all', async () => {
    expect(await messages(fleet(''), {})).toEqual([
      ['nothing-planned', undefined, undefined, 'the inventories hold no node'],
    ]);
    expect(await messages(fleet(''), { dev: [nodeView('a', 1)] }, { selector: 'x=y' })).toEqual([
      ['nothing-planned', undefined, undefined, 'no node is left after narrowing; select more'],
    ]);
  });

  it('is not an override', async () => {
    const text = statics('{name: a, address: 10.0.0.1, sequence: 2}').replace(
      'kind: static,',
      'kind: static, overrides: true,',
    );
    const { plan, problems } = await planOf(text, { dev: [nodeView('a', 1)] });
    expect(problems).toEqual([]);
    expect(plan && planNodes(plan)[0]).toMatchObject({ sequence: 2, host: { address: '10.0.0.1' } });
    expect(plan?.stages[0]?.clusters[0]?.labels.sequence).toBeNull();
  });
});
