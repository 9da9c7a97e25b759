import { shellControl } from '../../shared/control/shell.ts';
import type { StepName } from '../../shared/domain/steps.ts';
import type { Step, StepContext } from '../../shared/ports/step.ts';
import { httpProbes } from '../../shared/probes/http.ts';
import { systemClock } from '../../shared/telemetry/clock.ts';
import { FakeHost } from './fake-host.ts';
import type { SimApiWithClient } from './sim-cluster.ts';
import { NO_BASELINE, NODE, POLICY } from './step-world.ts';

/** Visits of steps on node `a` of a simulated cluster, by the real client and the real clock, on a host in memory. */
export function simSteps(world: SimApiWithClient) {
  const host = new FakeHost('a', Date.now);
  host.bootId = 'boot-a';
  let epoch = 0;
  let memory: unknown = null;
  const uid = world.sim.objects.get('nodes', '', 'a')?.metadata.uid ?? '';
  const context = (more: Partial<StepContext<unknown>>): StepContext<unknown> => ({
    node: { ...NODE, kubernetes: { uid } },
    policy: POLICY,
    round: 1,
    attempt: 1,
    fence: { installation: 'here', rollout: 'r1', node: 'a', round: 1, epoch: ++epoch },
    host,
    cluster: world.api,
    control: shellControl,
    probes: httpProbes,
    baseline: NO_BASELINE,
    closesAtMs: () => null,
    shutGates: async () => [],
    managers: [],
    clock: systemClock,
    signal: new AbortController().signal,
    proofs: {},
    attemptStartedAtMs: Date.now(),
    memory,
    remember: async kept => {
      memory = kept;
    },
    guard: async () => undefined,
    beforeWork: async () => undefined,
    beforeDrain: async () => undefined,
    afterDrain: async () => undefined,
    log: () => undefined,
    announce: () => undefined,
    ...more,
  });
  const run = async <S extends StepName>(step: Step<S, never>, more: Partial<StepContext<unknown>> = {}) => {
    for (;;) {
      const outcome = await (step as unknown as Step<S>).run(context(more));
      if (outcome.kind === 'again') continue;
      memory = null;
      return outcome.proof;
    }
  };
  return { host, run, context };
}
