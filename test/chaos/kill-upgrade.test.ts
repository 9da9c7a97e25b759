import { expect, it } from 'vitest';
import { numberedLog } from '../helpers/numbered-log.ts';
import { chaosSeeds, seeded } from '../helpers/seeded.ts';
import { MOMENTS, strikeAt, strikeAtLogin } from '../helpers/strikes.ts';
import { wrongIn } from '../helpers/upgrade-judge.ts';
import { type LaneHost, startLane } from '../helpers/upgrade-lane.ts';

const LANES = 4;
const KILLS_EACH = 5;

/** Four hosts, one after another; a worker is killed at each, and its successor as it logs in to the last. */
function hostsOf(seed: number, lane: number): LaneHost[] {
  const random = seeded(seed, 'kill', lane);
  const moments = Object.keys(MOMENTS);
  return Array.from({ length: KILLS_EACH - 1 }, (_, index) => {
    const moment = moments[(lane * (KILLS_EACH - 1) + index) % moments.length] ?? '';
    const strike = strikeAt('kill', moment, random);
    const last = { log: numberedLog(random), code: 0 };
    return {
      name: `host-${lane}-${index + 1}`,
      manager: lane === 3 ? 'apt' : 'command',
      executions: lane === 2 && index === 0 ? [{ log: numberedLog(random), code: 100 }, last] : [last],
      strikes: index === 0 ? [strike, strikeAtLogin('kill', random)] : [strike],
    };
  });
}

it.each(chaosSeeds([1]))(
  'the worker is killed at 20 moments of an upgrade: it runs exactly once, its log and exit code arrive (seed %i)',
  async seed => {
    const numbers = Array.from({ length: LANES }, (_, index) => index);
    const ended = await Promise.all(
      numbers.map(async number => {
        const lane = await startLane(hostsOf(seed, number), 1);
        await lane.carry();
        return { seed, number, wrong: await wrongIn(lane), killed: lane.killed() };
      }),
    );
    expect(ended).toEqual(numbers.map(number => ({ seed, number, wrong: [], killed: KILLS_EACH })));
  },
);
