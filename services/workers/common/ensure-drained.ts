import type { StepName } from '../../../shared/domain/steps.ts';
import type { StepContext } from '../../../shared/ports/step.ts';
import { deadlineOf } from './deadline.ts';
import { confirmDrained } from './drain/confirm.ts';
import { type DrainMemory, drainNode } from './drain/drain-node.ts';

/** Whether cordon and drain hold. `atMs` null: the host is in no Kubernetes, there is nothing to hold. */
export type Drained =
  | { readonly kind: 'held'; readonly atMs: number | null }
  | { readonly kind: 'again'; readonly afterMs: number; readonly reason: string };

/** What a step keeps of a drain it had to do itself. */
export interface DrainKeeper {
  readonly memory: DrainMemory | null;
  remember(memory: DrainMemory): Promise<void>;
}

/** Looks, and drains (again) when cordon and drain do not hold. Throws StepError as {@link drainNode}. */
export async function ensureDrained(
  context: Omit<StepContext<unknown>, 'memory' | 'remember'>,
  step: StepName,
  keeper: DrainKeeper,
): Promise<Drained> {
  const { cluster, node, policy, fence, clock, signal } = context;
  if (!cluster || !node.kubernetes) return { kind: 'held', atMs: null };
  const state = await confirmDrained({ cluster, fence, policy: policy.drain, clock, signal });
  if (state.held) return { kind: 'held', atMs: state.atMs };
  context.log(`draining: ${state.why.join('; ')}\n`);
  const outcome = await drainNode({
    cluster,
    uid: node.kubernetes.uid,
    fence,
    policy: policy.drain,
    clock,
    signal,
    deadlineMs: deadlineOf(context, step),
    memory: keeper.memory,
    remember: memory => keeper.remember(memory),
    guard: () => context.guard(),
    log: text => context.log(text),
  });
  if (outcome.kind === 'again') return outcome;
  return { kind: 'held', atMs: outcome.proof.confirmedAtMs };
}
