import { expect } from 'vitest';
import { SETTLED_STATES } from '../../../shared/domain/events.ts';
import { nodeKey } from '../../../shared/domain/names.ts';
import { perform } from './acts.ts';
import type { StoreWorld } from './world.ts';

/** Whatever came before: once a person skips all that is left, the rollout ends, and every slot is given back. */
export async function endIt(world: StoreWorld): Promise<void> {
  await world.store.command(world.id, { kind: 'resume' }, 'tester', '');
  for (const { cluster, name: node } of world.nodes) {
    await world.store.command(world.id, { kind: 'skip', cluster, node }, 'tester', '');
  }
  for (const [at] of world.nodes.entries()) await perform(world, { act: 'work', node: at, steps: 0 });
  const keys = world.nodes.map(node => nodeKey(node.cluster, node.name));
  const left = (await world.store.nodes(world.id, keys)).filter(node => node && !SETTLED_STATES.includes(node.state));
  expect(left).toEqual([]);
  await perform(world, { act: 'fill' });
  await perform(world, { act: 'advance', pick: null });
  await world.agree();
  expect(await world.store.holdings(world.id)).toEqual({});
  expect((await world.store.meta(world.id))?.state).toMatch(/^(done|aborted)$/);
}
