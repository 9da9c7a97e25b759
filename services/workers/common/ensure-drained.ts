import { fail } from '../../../shared/domain/failures/catalogue.ts';
import type { StepName } from '../../../shared/domain/steps.ts';
import type { StepContext } from '../../../shared/ports/step.ts';
import { deadlineOf } from './deadline.ts';
import { confirmDrained } from './drain/confirm.ts';
import type { Again } from './drain/context.ts';
import { drainNode } from './drain/drain-node.ts';
import type { DrainMemory, Remember } from './drain/memory.ts';

/** Whether cordon and drain hold. `atMs` null: the host is in no Kubernetes, there is nothing to hold. */
export type Drained = { readonly kind: 'held'; readonly atMs: number | null } | Again;

/** What a step keeps of a drain it had to do itself. */
export interface DrainKeeper {
  readonly memory: DrainMemory | null;
  readonly remember: Remember;
}

/** Between a drain that did not hold until its end and the next one. */
const AGAIN_MS = 1_000;

/** Looks, and drains (again) when cordon and drain do not hold. Throws StepError as {@link drainNode}. */
export async function ensureDrained(
  context: Omit<StepContext<unknown>, 'memory' | 'remember'>,
  step: StepName,
  keeper: DrainKeeper,
): Promise<Drained> {
  const { cluster, node, policy, fence, clock, signal } = context;
  if (!cluster || !node.kubernetes) return { kind: 'held', atMs: null };
  const look = { cluster, fence, policy: policy.drain, clock, signal };
  const state = await confirmDrained(look);
  if (state.held) {
    if (keeper.memory) await context.afterDrain();
    return { kind: 'held', atMs: state.atMs };
  }
  await context.beforeDrain();
  if (!keeper.memory) {
    context.log(`draining: ${state.why.join('; ')}\n`);
    context.announce('Draining', `rollout ${fence.rollout} cordons and drains the node`);
  }
  const deadlineMs = deadlineOf(context, step);
  const around = { log: (text: string) => context.log(text), guard: () => context.guard() };
  const { uid } = node.kubernetes;
  const outcome = await drainNode({
    ...{ cluster, uid, fence, clock, signal, deadlineMs, ...keeper, ...around },
    policy: policy.drain,
    cordon: policy.cordon,
    startedAtMs: context.attemptStartedAtMs,
  });
  if (outcome.kind === 'again') return outcome;
  await context.afterDrain();
  // Waiting for pods and volumes takes its time: what was seen before it says nothing about now.
  const after = await confirmDrained(look);
  if (after.held) return { kind: 'held', atMs: after.atMs };
  const seen = after.why.join('; ');
  if (clock.now() >= deadlineMs) throw fail('drain-timeout', { message: `${node.name} does not stay drained`, seen });
  context.log(`drained, but: ${seen}\n`);
  return { kind: 'again', afterMs: AGAIN_MS, reason: 'the node does not stay cordoned and drained' };
}
