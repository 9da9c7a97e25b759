import { describe, expect, it } from 'vitest';
import { chaosWorld, startChaos } from '../helpers/chaos.ts';

describe('Redis is put back to an older moment', () => {
  it('what was done since is not done again; a node that is away is taken up again', async () => {
    const verdicts = await Promise.all((['drain', 'upgrade', 'reboot', 'verify'] as const).map(step => setBack(step)));
    expect(verdicts).toEqual(verdicts.map(({ step }) => ({ step, verdict: [], adopted: ['node-2'] })));
  });
});

/** Saved while node-1 is in `step`, put back while node-2 is away for its reboot. */
async function setBack(step: string) {
  const chaos = await startChaos(chaosWorld(3, 1));
  await Promise.all([chaos.scheduler(), chaos.worker()]);
  await chaos.event(event => event.type === 'step-started' && event.node === 'node-1' && event.step === step);
  const saved = await chaos.redis.save();
  await chaos.simulation.act('down', 'node-2');
  const { world } = chaos.simulation.sim;
  expect(world.entries.filter(entry => entry.node === 'node-1' && entry.act === 'uncordon')).toHaveLength(1);
  const restoredAtMs = Date.now();
  await chaos.redis.restore(saved);
  const kept = (await chaos.store.events(chaos.id)).filter(({ atMs }) => atMs < restoredAtMs);
  expect(kept.some(event => event.type === 'node-done')).toBe(false);
  const verdict = await chaos.verdict();
  const events = await chaos.store.events(chaos.id);
  const adopted = events.flatMap(event => (event.type === 'node-claimed' && event.adopted ? [event.node] : []));
  if (verdict.length > 0) console.log(step, verdict, events.map(event => JSON.stringify(event)).join('\n'));
  return { step, verdict, adopted };
}
