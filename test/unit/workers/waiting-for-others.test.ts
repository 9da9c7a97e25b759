import type { Job } from 'bullmq';
import { DelayedError } from 'bullmq';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { WorkerDeps } from '../../../services/workers/deps.ts';
import { FlagWatch } from '../../../services/workers/flag-watch.ts';
import { stepProcessor } from '../../../services/workers/run-step.ts';
import { drainStep } from '../../../services/workers/steps/drain/step.ts';
import type { StepReport } from '../../../shared/ports/engine-store.ts';
import type { Step } from '../../../shared/ports/step.ts';
import type { StepJob } from '../../../shared/queue/names.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { FakeCluster, nodeView } from '../../helpers/fake-cluster.ts';
import { tinyPlan } from '../../helpers/plan.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('the time a step waited for others cuts no look at them short', async () => {
  const clock = new FakeClock();
  const cluster = new FakeCluster(clock);
  cluster.add(nodeView('a'));
  // An API server that takes its time.
  cluster.getLease = async (_namespace, _name, signal?: AbortSignal) => {
    await new Promise((resolve, reject) => {
      setTimeout(resolve, 20_000);
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
    });
    return { holder: 'other', renewedAtMs: clock.now(), durationSeconds: 60, resourceVersion: '1' };
  };
  const reports: StepReport[] = [];
  const plan = tinyPlan({ stages: { s: { fake: [{ nodes: ['a'] }] } }, kubernetes: true });
  const go = { kind: 'go', epoch: 1, installation: 'here', elapsedMs: 36_000_000, flag: '', memory: null, proofs: {} };
  const store = {
    begin: async () => ({ ...go, waited: true }),
    plan: async () => plan,
    report: async (_id: string, _ref: unknown, _epoch: number, report: StepReport) => {
      reports.push(report);
      return { ok: true };
    },
  };
  const deps = {
    ...{ store, clock, managers: [], connectHost: () => null, connectCluster: () => cluster },
    queues: { delay: async () => {} },
    flags: new FlagWatch({ nodes: async () => [] }),
    stopping: new AbortController().signal,
    random: () => 0,
    log: { warn: () => undefined, error: () => undefined },
  } as unknown as WorkerDeps;
  const job = {
    data: { rollout: 'r1', cluster: 'fake', node: 'a', wave: 0, round: 1 },
    attemptsMade: 0,
    ...{ log: async () => {}, updateProgress: async () => {} },
  } as unknown as Job<StepJob>;
  const end = stepProcessor(deps, drainStep as unknown as Step)(job, 'token', undefined).catch((e: unknown) => e);
  await vi.advanceTimersByTimeAsync(60_000);
  const ended = await end;
  expect(reports).toMatchObject([{ outcome: 'waiting', forOthers: true }]);
  expect(ended).toBeInstanceOf(DelayedError);
});
