import { shellControl } from '../../shared/control/shell.ts';
import type { PlanNode } from '../../shared/domain/plan.ts';
import type { NodePolicy, StepLimits } from '../../shared/domain/policy.ts';
import type { StepName } from '../../shared/domain/steps.ts';
import type { CommandCheck } from '../../shared/domain/user-check.ts';
import type { Baseline } from '../../shared/ports/baseline.ts';
import type { Step, StepContext, StepOutcome } from '../../shared/ports/step.ts';
import { httpProbes } from '../../shared/probes/http.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeCluster, nodeView } from './fake-cluster.ts';
import { FakeHost } from './fake-host.ts';
import { tinyPolicy } from './plan.ts';

const LIMITS: StepLimits = { timeoutMs: 600_000, attempts: 3, backoffMs: 1_000, backoffMaxMs: 10_000 };

const TINY = tinyPolicy(LIMITS);

/** A careful policy with everything that needs a package manager turned off. */
export const POLICY: NodePolicy = {
  ...TINY,
  drain: { ...TINY.drain, volumeDetachTimeoutMs: 60_000 },
  reboot: { ...TINY.reboot, checks: ['sentinel-file', 'sentinel-command'], orderValidMs: 60_000 },
  verify: { ...TINY.verify, soakMs: 5_000 },
  cordonedByOthers: 'keep-cordoned',
};

/** A check of the user's own: this command on the host, once. */
export function hostCheck(command: string): CommandCheck {
  return { kind: 'command', name: command, on: 'host', command, timeoutMs: 10_000, retries: 0, retryDelayMs: 0 };
}

/** The planned node `a`. */
export const NODE: PlanNode = {
  name: 'a',
  cluster: 'fake',
  sequence: 1,
  roles: [],
  controlPlane: false,
  kubernetes: { uid: 'uid-a' },
  host: { address: '127.0.0.1', port: 22, profile: 'p' },
  policy: 'p',
  steps: [],
};

/** The only stage of a rollout: nothing was proved, nobody asks. */
export const NO_BASELINE: Baseline = { wanted: false, proven: async () => null, prove: async () => undefined };

/** One node `a` of a cluster in memory and the host behind it, ready to run a step on. */
export function stepWorld() {
  const clock = new FakeClock();
  const cluster = new FakeCluster(clock);
  const host = new FakeHost('a', () => clock.now());
  cluster.add(nodeView('a'));
  const memory = { kept: null as unknown };
  const log: string[] = [];
  const context = (more: Partial<StepContext<unknown>> = {}): StepContext<unknown> => ({
    node: NODE,
    policy: POLICY,
    round: 1,
    attempt: 1,
    fence: { installation: 'here', rollout: 'r1', node: 'a', round: 1, epoch: 1 },
    host,
    cluster,
    control: shellControl,
    probes: httpProbes,
    baseline: NO_BASELINE,
    closesAtMs: () => null,
    shutGates: async () => [],
    managers: [],
    clock,
    signal: new AbortController().signal,
    proofs: {},
    attemptStartedAtMs: clock.now(),
    memory: memory.kept,
    remember: async kept => {
      memory.kept = kept;
    },
    announce: () => undefined,
    guard: async () => undefined,
    beforeWork: async () => undefined,
    beforeDrain: async () => undefined,
    afterDrain: async () => undefined,
    log: text => {
      log.push(text);
    },
    ...more,
  });
  return { clock, cluster, host, memory, log, context };
}

export type StepWorld = ReturnType<typeof stepWorld>;

/** Runs visits of one attempt until the step is done; the reasons it waited for come along. */
export async function runToEnd<S extends StepName>(
  world: StepWorld,
  step: Step<S, never>,
  more: Partial<StepContext<unknown>> = {},
): Promise<{ done: Extract<StepOutcome<S>, { kind: 'done' }>; reasons: string[] }> {
  const reasons: string[] = [];
  const attemptStartedAtMs = world.clock.now();
  const run = (step as unknown as Step<S, unknown>).run;
  for (;;) {
    const outcome = await run(world.context({ attemptStartedAtMs, ...more, memory: world.memory.kept }));
    if (outcome.kind === 'done') return { done: outcome, reasons };
    reasons.push(outcome.reason);
    await world.clock.sleep(outcome.afterMs);
  }
}
