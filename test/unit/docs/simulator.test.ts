import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { apiOptionsOf, checkWorld } from '../../../services/simulator/fleet.ts';
import { openWorldLog } from '../../../services/simulator/world-log.ts';
import { handMachine } from '../../helpers/hand-cluster.ts';

const page = readFileSync(new URL('../../../docs/simulator.md', import.meta.url), 'utf8');

it('describes a world that is right, with everything it says of pods and nodes reaching the API', () => {
  const block = page.slice(page.indexOf('    name: rehearsal'), page.indexOf('\nKeys that are not known'));
  const world = checkWorld(parse(block.replaceAll(/^ {4}/gm, '')));
  const spec = world.clusters['dev'];
  if (spec === undefined) throw new Error('the example has no cluster dev');
  const [first, ...others] = spec.nodes;
  if (first === undefined) throw new Error('the example has no node');
  const nodes = [{ ...first, capacity: { cpu: '8' } }, ...others];
  const machines = new Map(nodes.map(({ name }) => [name, handMachine(name)]));
  const options = apiOptionsOf('dev', { ...spec, nodes }, machines, { log: openWorldLog(), speed: 1 });
  expect(options.workloads?.find(({ name }) => name === 'broken')).toMatchObject({ fate: 'crash-loop', replicas: 2 });
  expect(options.jobs).toEqual([{ name: 'report', active: 2, runMs: 60_000 }]);
  expect(options.nodes[0]?.capacity).toEqual({ cpu: '8' });
});
