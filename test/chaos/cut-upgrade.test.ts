import { expect, it } from 'vitest';
import { numberedLog } from '../helpers/numbered-log.ts';
import { chaosSeeds, seeded } from '../helpers/seeded.ts';
import { MOMENTS, twoStrikes } from '../helpers/strikes.ts';
import { wrongIn } from '../helpers/upgrade-judge.ts';
import { type LaneHost, startLane } from '../helpers/upgrade-lane.ts';

/** At least. */
const CUTS = 20;
/** Two more than needed: a cut that is meant for a login finds none when the rollout was faster than it. */
const HOSTS = CUTS / 2 + 2;

/** Two cuts a host, one after the other. */
function hostsOf(seed: number): LaneHost[] {
  const random = seeded(seed, 'cut');
  const moments = Object.keys(MOMENTS);
  return Array.from({ length: HOSTS }, (_, index) => {
    const kind = index % 3 === 2 ? 'crash' : 'cut';
    const strikes = twoStrikes(kind, moments[index % moments.length] ?? '', random);
    const failed = { log: numberedLog(random), code: 100 };
    const last = { log: numberedLog(random), code: 0 };
    const manager = index % 3 === 1 ? 'apt' : 'command';
    const executions = manager === 'command' && index % 2 === 0 ? [failed, last] : [last];
    return { name: `host-${index + 1}`, manager, executions, strikes };
  });
}

it.each(chaosSeeds([1]))(
  'the connection is cut at 20 moments of an upgrade: it runs exactly once, its log and exit code arrive (seed %i)',
  async seed => {
    const lane = await startLane(hostsOf(seed), HOSTS);
    await lane.carry();
    const cut = (await lane.struck()).length;
    expect({ seed, wrong: await wrongIn(lane) }).toEqual({ seed, wrong: [] });
    expect(cut).toBeGreaterThanOrEqual(CUTS);
  },
);
