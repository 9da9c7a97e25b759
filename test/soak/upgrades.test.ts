import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { numberedLog } from '../helpers/numbered-log.ts';
import { seeded } from '../helpers/seeded.ts';
import { MOMENTS, strikeAt, twoStrikes } from '../helpers/strikes.ts';
import { wrongIn } from '../helpers/upgrade-judge.ts';
import { type LaneHost, startLane, type UpgradeLane } from '../helpers/upgrade-lane.ts';

/** Cuts and kills together, at least; `NODETIDE_SOAK` in the environment. */
const STRIKES = Number(process.env['NODETIDE_SOAK'] ?? 200);
/** Of the first round, whose successors follow it; `NODETIDE_SEED` in the environment repeats one. */
const SEED = Number(process.env['NODETIDE_SEED'] ?? randomInt(1_000_000));
/** Cuts and kills of a round. */
const EACH = 20;

const seeds = Array.from({ length: Math.ceil(STRIKES / EACH) }, (_, round) => SEED + round);
const sums = { cut: 0, crash: 0, kill: 0, reboot: 0, redis: 0, wrong: 0 };

afterAll(() => {
  tell();
});

function tell(): void {
  const { cut, crash, kill, reboot, redis, wrong } = sums;
  console.log(`${reboot} hosts rebooted in the midst, Redis killed ${redis} times, seeds ${SEED}…${seeds.at(-1)}`);
  console.log(`${cut + crash} cut, ${kill} killed, ${wrong} wrong`);
}

it.each(seeds)('upgrades run exactly once, whatever happens meanwhile (seed %i)', async seed => {
  const lanes = [
    { hosts: mixedHosts(seed), concurrency: 8 },
    { hosts: killHosts(seed), concurrency: 1 },
  ];
  const ended = await Promise.all(
    lanes.map(({ hosts, concurrency }, lane) =>
      soak(seed, lane, hosts, concurrency).catch((error: unknown) => [String(error)]),
    ),
  );
  sums.wrong += ended.flat().length;
  tell();
  expect({ seed, wrong: ended }).toEqual({ seed, wrong: ended.map(() => []) });
});

async function soak(seed: number, number: number, hosts: readonly LaneHost[], concurrency: number): Promise<string[]> {
  const lane = await startLane(hosts, concurrency);
  const over = new AbortController();
  const killing = killRedis(lane, seeded(seed, 'redis', number), over.signal);
  try {
    await lane.carry();
  } finally {
    over.abort();
    await killing;
  }
  for (const kind of await lane.struck()) sums[kind] += 1;
  return wrongIn(lane);
}

/** At random times, until it is over. */
async function killRedis(lane: UpgradeLane, random: () => number, over: AbortSignal): Promise<void> {
  for (;;) {
    await sleep(5_000 + random() * 20_000, undefined, { signal: over }).catch(() => {});
    if (over.aborted) return;
    // Its keeper may just be starting it.
    if (lane.redis.server.pid() === null) continue;
    await lane.redis.kill();
    sums.redis += 1;
  }
}

/** Eight hosts at once; two of them are rebooted in the midst of an upgrade. */
function mixedHosts(seed: number): LaneHost[] {
  const random = seeded(seed, 'mixed');
  return Array.from({ length: 8 }, (_, index) => {
    const strikes = twoStrikes(
      pick(['cut', 'cut', 'crash', 'kill'], random),
      pick(Object.keys(MOMENTS), random),
      random,
    );
    const done = { log: numberedLog(random), code: 0 };
    const manager = pick(['command', 'apt'] as const, random);
    const name = `host-${index + 1}`;
    if (index < 2) {
      const reboot = { ...strikeAt('reboot', 'between two looks', random), nth: 1 };
      return {
        name,
        manager,
        executions: [{ log: numberedLog(random), code: null }, done],
        strikes: [reboot, ...strikes],
      };
    }
    const executions =
      manager === 'command' && random() < 0.4 ? [{ log: numberedLog(random), code: 100 }, done] : [done];
    return { name, manager, executions, strikes };
  });
}

/** Four hosts, one after another; the worker is killed at each. */
function killHosts(seed: number): LaneHost[] {
  const random = seeded(seed, 'kill');
  return Array.from({ length: 4 }, (_, index) => ({
    name: `host-${index + 1}`,
    manager: pick(['command', 'apt'] as const, random),
    executions: [{ log: numberedLog(random), code: 0 }],
    strikes: [strikeAt('kill', pick(Object.keys(MOMENTS), random), random)],
  }));
}

function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)] as T;
}
