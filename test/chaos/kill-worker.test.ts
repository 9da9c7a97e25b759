import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RolloutEvent } from '../../shared/domain/events.ts';
import { STEPS, type StepName } from '../../shared/domain/steps.ts';
import { type Chaos, chaosWorld, startChaos } from '../helpers/chaos.ts';
import { chaosSeeds, seeded } from '../helpers/seeded.ts';

/** About how long each step takes in this world: the process is ended somewhere in it. */
const LASTS_MS: Record<StepName, number> = {
  drain: 250,
  upgrade: 900,
  'check-reboot': 40,
  reboot: 1_800,
  verify: 400,
  uncordon: 40,
};
const KILLS = 2;
/** While a dead worker is waited for, nothing else happens: no need to wait as long as usual. */
const JOB_LOCK_SECONDS = 5;

type Started = Extract<RolloutEvent, { type: 'step-started' }>;

describe('a worker process is killed with -9 in the middle of a step', () => {
  it.each(chaosSeeds([1]))('each step: the next worker goes on, nothing is done twice (seed %i)', async seed => {
    const results = await Promise.allSettled(STEPS.map(step => killIn(step, seed)));
    const failed = results.filter(result => result.status === 'rejected').map(({ reason }) => reason as Error);
    if (failed.length > 0) throw new AggregateError(failed, failed.map(error => String(error)).join('\n'));
  });
});

/** One rollout, whose worker is killed while a node is in this step, each time it is replaced. */
async function killIn(step: StepName, seed: number): Promise<void> {
  const random = seeded(seed, step);
  const chaos = await startChaos(chaosWorld(2, 1), {}, JOB_LOCK_SECONDS);
  await chaos.scheduler();
  let worker = await chaos.worker();
  const killed: string[] = [];
  for await (const event of chaos.journal()) {
    if (event.type === 'rollout-ended' || killed.length === KILLS) break;
    if (event.type !== 'step-started' || event.step !== step) continue;
    const afterMs = Math.round(random() * LASTS_MS[step]);
    await sleep(afterMs);
    // Frozen first: what it has not done now, it will never do.
    worker.kill('SIGSTOP');
    if (await isOver(chaos, event)) {
      worker.kill('SIGCONT');
      continue;
    }
    worker.kill('SIGKILL');
    await worker.ended;
    killed.push(`${event.node} after ${afterMs} ms`);
    worker = await chaos.worker();
  }
  const verdict = await chaos.verdict();
  console.log(`seed ${seed}: killed in ${step}: ${killed.join(', ')}`);
  expect({ step, seed, verdict }).toEqual({ step, seed, verdict: [] });
  expect(killed.length, `no worker was killed in ${step}, seed ${seed}`).toBeGreaterThan(0);
}

async function isOver(chaos: Chaos, { cluster, node, round, step }: Started): Promise<boolean> {
  return (await chaos.store.finished(chaos.id, cluster, node, round)).includes(step);
}
