import { beforeEach, describe, expect, it } from 'vitest';
import { guardWindow } from '../../../../services/workers/common/drain/guard-window.ts';
import { RetryPace } from '../../../../services/workers/common/drain/retry-pace.ts';
import { drainStep } from '../../../../services/workers/steps/drain/step.ts';
import { failureOf } from '../../../../shared/domain/failure.ts';
import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import { podView } from '../../../helpers/fake-cluster.ts';
import { POLICY, runToEnd, type StepWorld, stepWorld } from '../../../helpers/step-world.ts';

let world: StepWorld;
beforeEach(() => {
  world = stepWorld();
  world.cluster.add(podView('web-1', 'a'));
});

const unreachable = fail('cluster-unreachable', { message: 'fake: connection refused' });
const refused = { kind: 'refused', message: 'no', budgets: ['web'], retryAfterMs: null } as const;
const trouble = { kind: 'trouble', message: 'connection refused', retryAfterMs: null } as const;
const failing = async (run: Promise<unknown>) => failureOf(await run.catch((error: unknown) => error));

/** The server is gone from `fromMs` to `toMs` after now. */
function outage(fromMs: number, toMs: number): void {
  const startMs = world.clock.now();
  const isGone = (): boolean => world.clock.now() - startMs >= fromMs && world.clock.now() - startMs < toMs;
  void world.clock.sleep(fromMs).then(() => {
    world.cluster.trouble = unreachable;
  });
  void world.clock.sleep(toMs).then(() => {
    world.cluster.trouble = null;
  });
  world.cluster.onEvict = () => (isGone() ? trouble : world.clock.now() - startMs < toMs ? refused : null);
}

describe('a server that is gone for a while', () => {
  it('does not end a drain that has begun', async () => {
    outage(5_000, 65_000);
    const { done, reasons } = await runToEnd(world, drainStep);
    expect(done.proof.evicted).toEqual(['shop/web-1']);
    expect(reasons).toContain('waiting for the API server of fake, which is in trouble');
  });

  it('that does not come back ends it at the deadline, with what was seen last', async () => {
    outage(30_000, Number.POSITIVE_INFINITY);
    const startMs = world.clock.now();
    const limits = { ...POLICY.limits, drain: { ...POLICY.limits.drain, timeoutMs: 120_000 } };
    const failure = await failing(runToEnd(world, drainStep, { policy: { ...POLICY, limits } }));
    expect(failure).toMatchObject({ code: 'drain-timeout', message: expect.stringContaining('refused') as string });
    expect(failure.seen).toContain('seen last:\nshop/web-1 (ReplicaSet web)');
    expect(world.clock.now() - startMs).toBeLessThanOrEqual(120_000);
  });

  it('before a drain has begun fails the attempt', async () => {
    world.cluster.trouble = unreachable;
    expect(await failing(runToEnd(world, drainStep))).toMatchObject({ code: 'cluster-unreachable', retryable: true });
  });
});

describe('a visit that comes after the deadline', () => {
  const late = { attemptStartedAtMs: 0 };

  it('finds the pods gone: the drain is done', async () => {
    world.cluster.pods.clear();
    const { done } = await runToEnd(world, drainStep, late);
    expect(done.proof.drained).toBe(true);
  });

  it('names the pods that are left', async () => {
    world.cluster.onEvict = () => refused;
    const failure = await failing(runToEnd(world, drainStep, late));
    expect(failure).toMatchObject({ code: 'drain-timeout', message: expect.stringContaining('1 pod left') as string });
    expect(failure.seen).toContain('shop/web-1');
  });
});

describe('asking again', () => {
  it('is left out for a pod that is seen to terminate though the answer was lost', async () => {
    world.cluster.onEvict = pod => {
      world.cluster.add({ ...pod, deletionMs: world.clock.now() + 30_000 });
      void world.clock.sleep(10_000).then(() => world.cluster.remove(pod));
      return trouble;
    };
    const { done } = await runToEnd(world, drainStep);
    expect(done.proof.evicted).toEqual(['shop/web-1']);
    expect(world.cluster.acts.filter(act => act.startsWith('evict'))).toHaveLength(1);
  });

  it('is spread, and never more than 20 a second in all', () => {
    const pace = new RetryPace();
    const at = Array.from({ length: 400 }, () => pace.delayMs(0, 400, null)).sort((a, b) => a - b);
    const perSecond = at.map(from => at.filter(each => each >= from && each < from + 1_000).length);
    expect(Math.max(...perSecond)).toBeLessThanOrEqual(20);
    expect(at.at(0)).toBeLessThan(500);
  });

  it('is quick for a single pod, and slower each time up to 5 s', () => {
    const pace = new RetryPace();
    const delays = [0, 1, 2, 3, 20].map(tries => pace.delayMs(tries, 1, null));
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect(delays[0]).toBe(250);
    expect(delays[4]).toBe(5_000);
  });

  it('is never sooner than the server says', () => {
    expect(new RetryPace().delayMs(0, 10, 10_000)).toBeGreaterThanOrEqual(10_000);
  });
});

describe('the guard of many evictions', () => {
  const clock = new FakeClock();
  it('is asked once for all that come together, and again after a moment', async () => {
    let asked = 0;
    const guard = guardWindow(async () => void asked++, clock);
    await Promise.all(Array.from({ length: 50 }, guard));
    expect(asked).toBe(1);
    await clock.sleep(99);
    await guard();
    expect(asked).toBe(1);
    await clock.sleep(1);
    await guard();
    expect(asked).toBe(2);
  });

  it('counts from the question, not from the answer', async () => {
    let asked = 0;
    const guard = guardWindow(async () => {
      asked++;
      await clock.sleep(500);
    }, clock);
    await guard();
    await guard();
    expect(asked).toBe(2);
  });

  it('refuses all who asked together, and whoever comes later anew', async () => {
    let refuses = true;
    const guard = guardWindow(() => (refuses ? Promise.reject(new Error('stop')) : Promise.resolve()), clock);
    const all = await Promise.allSettled([guard(), guard()]);
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    refuses = false;
    await clock.sleep(100);
    await guard();
  });
});
