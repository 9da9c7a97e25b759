import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { EventType } from '../../shared/domain/events.ts';
import { chaosWorld, startChaos } from '../helpers/chaos.ts';
import { chaosSeeds, seeded } from '../helpers/seeded.ts';

/** Where the scheduler itself is at work: one kill at each. */
const MOMENTS: readonly EventType[] = ['wave-started', 'node-claimed', 'node-done'];
const AFTER_MS = 150;

describe('a scheduler process is killed with -9 in mid-wave', () => {
  it('another one goes on', async () => {
    const runs = chaosSeeds([1]).flatMap(seed => MOMENTS.map(moment => ({ seed, moment })));
    const verdicts = await Promise.all(runs.map(async run => ({ ...run, ...(await killAt(run.moment, run.seed)) })));
    expect(verdicts).toEqual(runs.map(run => ({ ...run, kills: expect.any(Number) as number, verdict: [] })));
    expect(verdicts.every(({ kills }) => kills > 0)).toBe(true);
  });
});

async function killAt(moment: EventType, seed: number): Promise<{ kills: number; verdict: string[] }> {
  const random = seeded(seed, moment);
  const chaos = await startChaos(chaosWorld(2, 1));
  let scheduler = await chaos.scheduler();
  await chaos.worker();
  let kills = 0;
  for await (const event of chaos.journal()) {
    if (event.type === 'rollout-ended' || kills === 2) break;
    if (event.type !== moment) continue;
    await sleep(Math.round(random() * AFTER_MS));
    scheduler.kill('SIGKILL');
    await scheduler.ended;
    kills += 1;
    scheduler = await chaos.scheduler();
  }
  return { kills, verdict: await chaos.verdict() };
}
