import { expect, it } from 'vitest';
import { demoWorld } from '../../../services/simulator/demo-world.ts';
import { checkWorld, hostOf } from '../../../services/simulator/fleet.ts';
import { tinyWorld } from '../../helpers/simulation.ts';

it('accepts the demo: 6, 8 and 24 nodes, three control planes each in different sequences, sequences 1 to 7', () => {
  const world = checkWorld(demoWorld());
  const clusters = Object.values(world.clusters);
  expect(clusters.map(cluster => cluster.nodes.length)).toEqual([6, 8, 24]);
  for (const { nodes } of clusters) {
    const members = nodes.filter(node => node.roles?.includes('control-plane'));
    expect(new Set(members.map(node => node.sequence)).size).toBe(3);
    expect(nodes.every(node => (node.sequence ?? 0) >= 1 && (node.sequence ?? 0) <= 7)).toBe(true);
  }
});

it('has hosts with nothing to do, hosts that need no reboot and mostly hosts with a new kernel in every demo cluster', () => {
  const world = demoWorld();
  const kinds = Object.entries(world.clusters).map(([name, cluster]) =>
    cluster.nodes.map(node => {
      const { newKernel, upgrades } = hostOf(world, name, node);
      return newKernel !== null ? 'kernel' : upgrades.length > 0 ? 'packages' : 'nothing';
    }),
  );
  expect(new Set(kinds.at(-1))).toEqual(new Set(['kernel', 'packages', 'nothing']));
  expect(new Set(kinds.flat())).toEqual(new Set(['kernel', 'packages', 'nothing']));
  expect(kinds.flat().filter(kind => kind === 'kernel').length).toBeGreaterThan(kinds.flat().length / 2);
});

it('names every problem of a description', () => {
  const world = { ...tinyWorld({ nodes: 1 }), stages: [{ name: 'one', clusters: ['nowhere'] }], pace: 3 };
  expect(() => checkWorld(world)).toThrow(/pace/);
  const { pace: _pace, ...rest } = world;
  expect(() => checkWorld(rest)).toThrow(/nowhere, which is not described(.|\n)*dev is in no stage/);
  const twice = tinyWorld({ nodes: 2, change: { 'node-2': { name: 'node-1' } } });
  expect(() => checkWorld(twice)).toThrow('the cluster dev has two nodes node-1');
});

it('gives hosts what they say themselves, else what the world says for all', () => {
  const world = tinyWorld({
    nodes: 2,
    defaults: { kernel: '5.10.0-1-amd64', faults: { sudoAsks: true }, timings: { bootMs: 7 } },
    change: { 'node-2': { newKernel: null, faults: { diskFull: true }, timings: { upgradeMs: 9 } } },
  });
  const [, second] = (world.clusters['dev']?.nodes ?? []).map(node => hostOf(world, 'dev', node));
  expect(second).toMatchObject({
    kernel: '5.10.0-1-amd64',
    newKernel: null,
    faults: { sudoAsks: true, diskFull: true, neverReturns: false },
    timings: { bootMs: 7, upgradeMs: 9 },
  });
});
