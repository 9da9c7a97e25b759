import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RolloutEvent } from '../../shared/domain/events.ts';
import { type Chaos, chaosWorld, startChaos } from '../helpers/chaos.ts';
import { chaosSeeds, seeded } from '../helpers/seeded.ts';

/** Kills in one rollout, and how far apart in events and ms. */
const KILLS = 5;
const EVENTS_APART = 12;
const AFTER_MS = 300;
const AWAY_MS = 10_000;

describe('Redis is killed with -9 in mid-rollout', () => {
  it.each(chaosSeeds([1]))('several times: nothing acknowledged is lost (seed %i)', async seed => {
    const random = seeded(seed, 'redis');
    const chaos = await startChaos(chaosWorld(3, 2));
    await Promise.all([chaos.scheduler(), chaos.worker()]);
    let known: RolloutEvent[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      if (!(await eventsLater(chaos, known, 1 + Math.floor(random() * EVENTS_APART)))) break;
      await sleep(Math.round(random() * AFTER_MS));
      known = await chaos.store.events(chaos.id);
      await chaos.redis.kill();
      const after = await chaos.store.events(chaos.id);
      expect(after.slice(0, known.length), `seed ${seed}, kill ${kill}: the journal lost events`).toEqual(known);
    }
    expect({ seed, verdict: await chaos.verdict() }).toEqual({ seed, verdict: [] });
    expect(chaos.redis.events.filter(event => event.kind === 'restarted').length).toBeGreaterThan(1);
  });

  it('and stays away for 10 s: every process says so and goes on', async () => {
    const chaos = await startChaos(chaosWorld(2, 1), { restartDelayMs: () => AWAY_MS });
    const [scheduler, worker] = await Promise.all([chaos.scheduler(), chaos.worker()]);
    await chaos.event(event => event.type === 'step-started' && event.step === 'upgrade');
    await chaos.redis.kill();
    expect(await chaos.verdict()).toEqual([]);
    for (const run of [scheduler, worker]) {
      expect(run.stderr).toMatch(/(ECONNREFUSED|ENOENT|closed).*trouble with Redis/);
      expect(run.stderr).toMatch(/Redis answers again, after 1\d s/);
      const troubles = run.stderr.split('\n').filter(line => !line.startsWith('{"level":"info"'));
      expect(troubles.length, `said again and again:\n${run.stderr}`).toBeLessThan(15);
    }
  });
});

/** Waits for so many more events; false: the rollout has ended. */
async function eventsLater(chaos: Chaos, known: readonly RolloutEvent[], count: number): Promise<boolean> {
  let seen = 0;
  for await (const event of chaos.journal(known.at(-1)?.id)) {
    seen += 1;
    if (event.type === 'rollout-ended') return false;
    if (seen >= count) return true;
  }
  return false;
}
