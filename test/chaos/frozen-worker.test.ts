import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RolloutEvent } from '../../shared/domain/events.ts';
import { stepJobId } from '../../shared/domain/names.ts';
import { type Chaos, chaosWorld, startChaos } from '../helpers/chaos.ts';
import type { CliRun } from '../helpers/cli.ts';
import { chaosSeeds, seeded } from '../helpers/seeded.ts';

/** A visit of the reboot step, up to the order, lasts about so long. */
const VISIT_MS = 150;

type Started = Extract<RolloutEvent, { type: 'step-started' }>;

describe('a worker that freezes in the reboot step and wakes after its twin has finished', () => {
  it('does nothing more', async () => {
    await Promise.all(chaosSeeds([1, 2]).map(seed => freezeOne(seed)));
  });
});

describe('a worker that freezes, and wakes after Redis was put back to a moment before', () => {
  it('is heard neither by the store nor by the host', async () => {
    const [seed = 1] = chaosSeeds([1]);
    const random = seeded(seed, 'late');
    const chaos = await startChaos(chaosWorld(2, 1));
    await chaos.scheduler();
    const frozen = await chaos.worker();
    await chaos.event(event => event.type === 'step-started' && event.step === 'upgrade');
    const saved = await chaos.redis.save();
    const caught = await freezeInReboot(chaos, frozen, () => Math.round(random() * VISIT_MS));
    await chaos.redis.restore(saved);
    await chaos.worker();
    await chaos.simulation.act('down', caught.node);
    frozen.kill('SIGCONT');
    expect({ seed, verdict: await chaos.verdict() }).toEqual({ seed, verdict: [] });
    const events = await chaos.store.events(chaos.id);
    expect(events.filter(event => 'epoch' in event && event.epoch === caught.epoch)).toEqual([]);
    frozen.kill('SIGTERM');
    expect(await frozen.ended, frozen.stderr).toEqual({ code: 0, signal: null });
  });
});

async function freezeOne(seed: number): Promise<void> {
  const random = seeded(seed, 'freeze');
  const chaos = await startChaos(chaosWorld(3, 1));
  await chaos.scheduler();
  const frozen = await chaos.worker();
  const caught = await freezeInReboot(chaos, frozen, () => Math.round(random() * VISIT_MS));
  await chaos.worker();
  const done = await chaos.event(event => event.type === 'node-done' && event.node === caught.node);
  const before = actsOn(chaos, caught.node);
  frozen.kill('SIGCONT');
  // The other nodes take their time, in which the one that woke could do harm.
  const verdict = await chaos.verdict();
  expect({ seed, verdict }).toEqual({ seed, verdict: [] });
  expect(actsOn(chaos, caught.node), `seed ${seed}: something was done after its twin had finished`).toEqual(before);
  const late = (await chaos.store.events(chaos.id, done.id)).filter(
    event => 'step' in event && event.node === caught.node,
  );
  expect(late, `seed ${seed}`).toEqual([]);
  frozen.kill('SIGTERM');
  expect(await frozen.ended, frozen.stderr).toEqual({ code: 0, signal: null });
}

/** Freezes the worker while it really works on a node's reboot (not while it only waits for the machine). */
async function freezeInReboot(chaos: Chaos, worker: CliRun, afterMs: () => number): Promise<Started> {
  for await (const event of chaos.journal()) {
    if (event.type !== 'step-started' || event.step !== 'reboot') continue;
    await sleep(afterMs());
    worker.kill('SIGSTOP');
    const id = stepJobId(chaos.id, event.cluster, event.node, event.round, 'reboot');
    if ((await (await chaos.queues.job('reboot', id))?.getState()) === 'active') return event;
    worker.kill('SIGCONT');
  }
  throw new Error('the worker was never caught at work');
}

function actsOn(chaos: Chaos, node: string): string[] {
  // Pods come and go with the other nodes' drains; everything else is done to a node by us.
  const { entries } = chaos.simulation.sim.world;
  return entries.filter(entry => entry.node === node && !/pod|evict/i.test(entry.act)).map(entry => entry.act);
}
