import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WorldEntry } from '../../../services/simulator/world.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import { type SimApiWithClient, simCluster } from '../../helpers/sim-cluster.ts';
import { addPod, drainA, OWNERS } from '../../helpers/sim-drain.ts';

// The API server makes trouble during a drain; the world's own log says what was done to the pods.

const PODS = 40;
/** How long the server is gone; `NODETIDE_TEST_OUTAGE_MS=60000` makes a whole minute of it. */
const OUTAGE_MS = Number(process.env['NODETIDE_TEST_OUTAGE_MS'] ?? 2_500);

let world: SimApiWithClient;
beforeEach(async () => {
  world = await simCluster(['a', 'b']);
  for (let nth = 0; nth < PODS; nth++) addPod(world.sim, `p${nth}`, { owner: OWNERS.replicaSet, stopMs: 100 });
});
afterEach(() => world.close());

const podsOf = (act: WorldEntry['act']): string[] =>
  world.world.entries.filter(entry => entry.act === act).map(entry => String(entry.detail['pod']));

/** Every pod was evicted, none twice, and each was seen to its end. */
async function expectDrained(run: ReturnType<typeof drainA>): Promise<void> {
  const { proof } = await run;
  expect(podsOf('evict')).toHaveLength(PODS);
  expect(new Set(podsOf('evict')).size).toBe(PODS);
  const granted = world.sim.requests.filter(({ path, status }) => path.endsWith('/eviction') && status === 201);
  expect(new Set(granted.map(({ path }) => path)).size).toBe(granted.length);
  expect(podsOf('podGone').sort()).toEqual([...proof.evicted].sort());
  expect(world.sim.objects.list('pods').filter(pod => pod.metadata.name.startsWith('p'))).toEqual([]);
}

/** Calls back at each `nth` act of a kind. */
function every(nth: number, act: WorldEntry['act'], then: () => void): void {
  let seen = 0;
  world.world.onEntry(entry => {
    if (entry.act === act && ++seen % nth === 0) then();
  });
}

describe('a drain goes on', () => {
  it('through a storm of 5xx', async () => {
    const { faults } = world.sim;
    for (const status of [500, 502, 503, 504]) faults.failRequests(/POST .*eviction/, status, 15);
    every(10, 'evict', () => faults.failRequests(/GET/, 503, 1));
    await expectDrained(drainA(world.api));
  });

  it('through a storm of 429, each with its Retry-After', async () => {
    world.sim.faults.failRequests(/POST .*eviction/, 429, 60, 1);
    every(10, 'evict', () => world.sim.faults.failRequests(/GET/, 429, 1, 1));
    await expectDrained(drainA(world.api));
  });

  it('when connections of the watch are cut again and again', async () => {
    every(4, 'evict', () => world.sim.faults.cutWatches());
    every(7, 'podGone', () => world.sim.faults.cutWatches());
    await expectDrained(drainA(world.api));
  });

  it('when the past is forgotten under the watch', async () => {
    every(10, 'podGone', () => world.sim.faults.expireWatches());
    await expectDrained(drainA(world.api));
  });

  it('when answers are lost, before and after the act', async () => {
    world.sim.faults.drop(/POST .*eviction/, 15, 'after');
    world.sim.faults.drop(/POST .*eviction/, 15, 'before');
    await expectDrained(drainA(world.api));
  });

  it('when the server is killed in the middle, and is back after a while', async () => {
    let kills = 0;
    every(10, 'evict', () => {
      if (kills++ > 0) return;
      void world.sim.stop().then(() => setTimeout(() => void world.sim.start(), OUTAGE_MS));
    });
    await expectDrained(drainA(world.api, {}, { timeoutMs: 30_000 + OUTAGE_MS }));
    expect(kills).toBeGreaterThan(1);
  });
});

describe('a drain ends at its deadline', () => {
  it('with every pod that was not seen to go, when the server does not come back', async () => {
    for (let nth = 0; nth < 3; nth++) {
      addPod(world.sim, `slow${nth}`, { owner: OWNERS.replicaSet, stopMs: 20_000 });
    }
    every(PODS + 3, 'evict', () => void world.sim.stop());
    const failure = failureOf(await drainA(world.api, {}, { timeoutMs: 8_000 }).catch((error: unknown) => error));
    expect(failure).toMatchObject({ code: 'drain-timeout', retryable: false });
    for (const pod of ['slow0', 'slow1', 'slow2']) expect(failure.seen).toContain(`default/${pod}`);
    await world.sim.start();
  });

  it('when it does not answer any more', async () => {
    every(1, 'evict', () => world.sim.faults.hang(/./));
    const failure = failureOf(await drainA(world.api, {}, { timeoutMs: 4_000 }).catch((error: unknown) => error));
    expect(failure.code).toBe('drain-timeout');
    expect(failure.seen).toContain('default/p');
    world.sim.faults.clear();
  });
});
