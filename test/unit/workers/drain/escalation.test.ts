import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { drainStep } from '../../../../services/workers/steps/drain/step.ts';
import type { DrainEscalation } from '../../../../shared/domain/events.ts';
import type { EvictionAnswer } from '../../../../shared/ports/cluster.ts';
import { podView } from '../../../helpers/fake-cluster.ts';
import { POLICY, runToEnd, type StepWorld, stepWorld } from '../../../helpers/step-world.ts';

const MINUTE = 60_000;
const policy = {
  ...POLICY,
  drain: {
    ...POLICY.drain,
    notifyAfterMs: MINUTE,
    deleteRefusedAfterMs: 3 * MINUTE,
    deleteRefusedSelector: 'app=batch',
  },
};
const batch = (name: string) => podView(name, 'a', { labels: { app: 'batch' } });
const refused: EvictionAnswer = { kind: 'refused', message: 'no', budgets: ['web'], retryAfterMs: null };

let world: StepWorld;
let told: { atMs: number; escalation: DrainEscalation; acts: number }[];
let startMs: number;
beforeEach(() => {
  world = stepWorld();
  told = [];
  startMs = world.clock.now();
});

/** What is told is kept with the memory, so a test that loses the one loses the other. */
const remember = async (kept: unknown, escalation?: DrainEscalation): Promise<void> => {
  world.memory.kept = structuredClone(kept);
  if (escalation) told.push({ atMs: world.clock.now() - startMs, escalation, acts: world.cluster.acts.length });
};
const drain = (more = {}) => runToEnd(world, drainStep, { policy, remember, ...more });
const deletes = () => world.cluster.acts.filter(act => act.startsWith('delete'));
/** An eviction is refused; a delete asks no budget. */
const refuseEvictions = () => {
  const deleted = new Set<string>();
  const { deletePod } = world.cluster;
  world.cluster.deletePod = (pod, options, signal) => {
    deleted.add(pod.uid);
    return deletePod.call(world.cluster, pod, options, signal);
  };
  world.cluster.onEvict = pod => (deleted.has(pod.uid) ? null : refused);
};

it('a block is looked into by any number of calls at once, without a warning of node', async () => {
  world.cluster.add(podView('web-1', 'a'));
  world.cluster.onEvict = () => refused;
  world.cluster.listPdbs = async (signal?: AbortSignal) => {
    for (let calls = 0; calls < 20; calls++) signal?.addEventListener('abort', () => undefined, { once: true });
    return [];
  };
  const warnings: string[] = [];
  const hear = ({ name }: Error) => warnings.push(name);
  process.on('warning', hear);
  await expect(runToEnd(world, drainStep, { remember })).rejects.toThrow('not drained in time');
  await setImmediate();
  process.off('warning', hear);
  expect(warnings).toEqual([]);
});

describe('a budget that refuses for long', () => {
  it('is told of once, then its pods are deleted if they have the labels, and that is told before', async () => {
    world.cluster.add(batch('b-1'), batch('b-2'));
    refuseEvictions();
    const { done } = await drain();
    expect(told.map(({ escalation }) => escalation.act)).toEqual(['notified', 'deleting']);
    expect(told[0]?.atMs).toBeGreaterThanOrEqual(MINUTE);
    expect(told[1]?.atMs).toBeGreaterThanOrEqual(3 * MINUTE);
    expect(told[1]?.escalation.pods).toMatchObject([
      { pod: 'shop/b-1', budgets: ['web'] },
      { pod: 'shop/b-2', budgets: ['web'] },
    ]);
    expect(told[1]?.escalation.pods[0]?.refusedForMs).toBeGreaterThanOrEqual(3 * MINUTE);
    expect(deletes().toSorted()).toEqual(['delete shop/b-1', 'delete shop/b-2']);
    expect(world.cluster.acts.findIndex(act => act.startsWith('delete'))).toBeGreaterThanOrEqual(
      told[1]?.acts ?? Infinity,
    );
    expect(done.proof.deleted).toEqual(['shop/b-1', 'shop/b-2']);
  });

  it('keeps the pods that have not the labels', async () => {
    world.cluster.add(podView('web-1', 'a'));
    world.cluster.onEvict = () => refused;
    const { reasons, code } = await drain().then(
      () => ({ reasons: [], code: '' }),
      (error: { failure: { code: string } }) => ({ reasons: [], code: error.failure.code }),
    );
    expect({ reasons, code }).toEqual({ reasons: [], code: 'drain-timeout' });
    expect(told.map(({ escalation }) => escalation.act)).toEqual(['notified']);
    expect(deletes()).toEqual([]);
  });

  it('is not what a busy server is, or any other trouble', async () => {
    world.cluster.add(batch('b-1'), batch('b-2'));
    world.cluster.onEvict = pod =>
      pod.name === 'b-1' ? { ...refused, budgets: [] } : { kind: 'trouble', message: 'reset', retryAfterMs: null };
    await expect(drain()).rejects.toThrow('not drained in time');
    expect(told).toEqual([]);
    expect(deletes()).toEqual([]);
  });

  it('is counted over restarts, from the first refusal', async () => {
    world.cluster.add(batch('b-1'));
    refuseEvictions();
    // A first attempt that ends after two minutes, and a second that begins anew.
    const end = new AbortController();
    void world.clock.sleep(2 * MINUTE).then(() => end.abort(new Error('the worker stops')));
    await expect(drain({ signal: end.signal })).rejects.toThrow('the worker stops');
    expect(told.map(({ escalation }) => escalation.act)).toEqual(['notified']);
    await drain();
    expect(told.map(({ escalation }) => escalation.act)).toEqual(['notified', 'deleting']);
    expect(told[1]?.atMs).toBeLessThan(4 * MINUTE);
  });

  it('is asked first by whoever comes back after a pause', async () => {
    world.cluster.add(batch('b-1'));
    refuseEvictions();
    const end = new AbortController();
    void world.clock.sleep(2.5 * MINUTE).then(() => end.abort(new Error('the worker stops')));
    await expect(drain({ signal: end.signal })).rejects.toThrow('the worker stops');
    await world.clock.sleep(MINUTE);
    world.cluster.onEvict = () => null;
    await drain();
    expect(deletes()).toEqual([]);
  });

  it('is counted anew after a long pause: nobody knows what it said meanwhile', async () => {
    world.cluster.add(batch('b-1'));
    refuseEvictions();
    const end = new AbortController();
    void world.clock.sleep(2 * MINUTE).then(() => end.abort(new Error('the worker stops')));
    await expect(drain({ signal: end.signal })).rejects.toThrow('the worker stops');
    await world.clock.sleep(180 * MINUTE);
    await drain();
    expect(told.map(({ escalation }) => escalation.act)).toEqual(['notified', 'notified', 'deleting']);
    expect(told[2]?.atMs).toBeGreaterThanOrEqual(185 * MINUTE);
  });

  it('is not deleted when nothing is configured', async () => {
    world.cluster.add(batch('b-1'));
    world.cluster.onEvict = () => refused;
    await expect(runToEnd(world, drainStep, { remember })).rejects.toThrow('not drained in time');
    expect(told).toEqual([]);
    expect(deletes()).toEqual([]);
  });

  it('is shown while it is waited for', async () => {
    world.cluster.add(podView('web-1', 'a'));
    const freeAtMs = world.clock.now() + 2 * MINUTE;
    world.cluster.onEvict = () => (world.clock.now() < freeAtMs ? refused : null);
    const { reasons } = await drain();
    expect(reasons[0]).not.toContain('for more than');
    expect(reasons.at(-1)).toMatch(/^waiting for shop\/web-1: .*, for more than 60 s$/);
  });

  it('each delete asks the guard by itself', async () => {
    world.cluster.add(batch('b-1'), batch('b-2'), batch('b-3'));
    refuseEvictions();
    let asked = 0;
    const guard = async (): Promise<void> => {
      if (told.at(-1)?.escalation.act === 'deleting' && ++asked > 2) throw new Error('a person says stop');
    };
    await expect(drain({ guard })).rejects.toThrow('a person says stop');
    expect(deletes()).toHaveLength(2);
  });
});
