import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { DrainProof } from '../../../../shared/domain/proof.ts';
import type { ClusterApi } from '../../../../shared/ports/cluster.ts';
import type { HostFacts } from '../../../../shared/ports/host.ts';
import type { HostStanding, Step, StepContext, StepOutcome } from '../../../../shared/ports/step.ts';
import { comparisonFor, findPendingWithin } from '../../common/baseline.ts';
import { checkUid, ourMark } from '../../common/cordon.ts';
import { deadlineOf } from '../../common/deadline.ts';
import { drainNode } from '../../common/drain/drain-node.ts';
import type { DrainMemory } from '../../common/drain/memory.ts';
import { rideOver } from '../../common/drain/ride-over.ts';
import { isRebootDue, refuseProblems } from '../../common/due.ts';
import { giveBackUntouched } from '../../common/give-back.ts';
import { proveSameMachine } from '../../common/same-machine.ts';
import { ADOPTED_STANDING } from '../../common/standing.ts';

/** What the drain step keeps in a round. */
export interface DrainStepMemory {
  /** Kept before the host is taken, so that its giving back knows. */
  readonly failedUnitsBefore: readonly string[];
  /** See DrainProof. */
  readonly adopted: boolean;
  /** null: the drain has not begun. */
  readonly drain: DrainMemory | null;
}

type Context = StepContext<DrainStepMemory>;

/** Cordons and drains the node, after proving that host and Node are one machine. */
export const drainStep: Step<'drain', DrainStepMemory> = {
  name: 'drain',
  saysWork: true,
  run: runDrain,
  // Without a memory the host was never taken: a wrong machine stays untouched to the end.
  giveUp: context =>
    giveBackUntouched(context, { owned: context.memory !== null, adopted: context.memory?.adopted === true }),
  standing,
};

function standing({ memory }: Context): HostStanding {
  if (memory === null) return { kind: 'foreign', said: 'the host was not touched', todo: '' };
  if (memory.adopted) return ADOPTED_STANDING;
  return { kind: 'untouched', said: 'nothing on the host was changed', todo: '' };
}

async function runDrain(context: Context): Promise<StepOutcome<'drain'>> {
  const { cluster, host, node, policy, signal } = context;
  const facts = await host.facts(signal);
  if (!cluster || !node.kubernetes) {
    await takeHost(context, facts, false);
    return notDrained(context, facts, false, 'not in Kubernetes: nothing to cordon or drain');
  }
  const seen = await checkNode(context, cluster, facts).catch((error: unknown) => {
    signal.throwIfAborted();
    const { fence, clock } = context;
    const riding = {
      cluster,
      fence,
      clock,
      deadlineMs: deadlineOf(context, 'drain'),
      log: (text: string) => context.log(text),
    };
    return rideOver(riding, context.memory?.drain ?? null, error);
  });
  if ('kind' in seen) return seen;
  // The memory is kept before the first cordon: a mark without it is of another life.
  const adopted = context.memory?.adopted ?? seen.marked;
  await takeHost(context, facts, adopted);
  if (policy.drain.when === 'if-reboot') {
    return notDrained(context, facts, seen.cordonedBefore, 'left to the reboot step: drained only if a reboot is due');
  }
  // Once begun, a drain is finished: what is due may have changed, the evicted pods are gone all the same.
  if (policy.drain.when === 'if-work' && !seen.marked && !(await hasWork(context, facts))) {
    return notDrained(context, facts, seen.cordonedBefore, 'nothing to upgrade and no reboot due: not drained');
  }
  return drain(context, cluster, facts, adopted);
}

async function takeHost(context: Context, facts: HostFacts, adopted: boolean): Promise<void> {
  const { host, fence, signal, memory } = context;
  if (memory === null) await context.remember({ failedUnitsBefore: facts.failedUnits ?? [], adopted, drain: null });
  await context.guard();
  await host.own(fence, signal);
}

/** Reads the Node and proves that we may and should work on it; changes nothing. */
async function checkNode(context: Context, cluster: ClusterApi, facts: HostFacts) {
  const { node, fence, signal } = context;
  const seen = await cluster.getNode(node.name, signal);
  if (!seen) throw fail('node-missing', { message: `there is no Node ${node.name}`, leftAs: 'untouched' });
  checkUid(seen, node.kubernetes?.uid ?? '');
  const mark = ourMark(seen, fence);
  proveSameMachine(facts, seen);
  return { marked: mark !== null, cordonedBefore: mark?.cordonedBefore ?? seen.unschedulable };
}

async function hasWork(context: Context, facts: HostFacts): Promise<boolean> {
  const pending = await findPendingWithin(context, facts, await comparisonFor(context, facts));
  const reboot = await isRebootDue(context, facts);
  const rebootDue = reboot.needed && context.policy.reboot.when !== 'never';
  refuseProblems(pending);
  return pending === null || pending.changes.length > 0 || rebootDue;
}

async function drain(
  context: Context,
  cluster: ClusterApi,
  facts: HostFacts,
  adopted: boolean,
): Promise<StepOutcome<'drain'>> {
  const { node, policy } = context;
  await context.beforeWork();
  const before = { failedUnitsBefore: context.memory?.failedUnitsBefore ?? facts.failedUnits ?? [] };
  if (!context.memory?.drain)
    context.announce('Draining', `rollout ${context.fence.rollout} cordons and drains the node`);
  const outcome = await drainNode({
    fence: context.fence,
    clock: context.clock,
    signal: context.signal,
    guard: () => context.guard(),
    log: text => context.log(text),
    cluster,
    uid: node.kubernetes?.uid ?? '',
    policy: policy.drain,
    cordon: policy.cordon,
    startedAtMs: context.attemptStartedAtMs,
    deadlineMs: deadlineOf(context, 'drain'),
    memory: context.memory?.drain ?? null,
    remember: (memory, told) => context.remember({ ...before, adopted, drain: memory }, told),
  });
  if (outcome.kind === 'again') return outcome;
  const proof = { ...outcome.proof, ...before, adopted, drained: true, ...systemOf(facts) };
  const { evicted, skipped } = proof;
  return {
    kind: 'done',
    proof,
    note: `drained: ${evicted.length} ${evicted.length === 1 ? 'pod' : 'pods'} evicted, ${skipped.length} left alone`,
  };
}

function notDrained(context: Context, facts: HostFacts, cordonedBefore: boolean, note: string): StepOutcome<'drain'> {
  const proof: DrainProof = {
    cordonedByUs: false,
    cordonedBefore,
    drained: false,
    adopted: context.memory?.adopted === true,
    confirmedAtMs: null,
    evicted: [],
    skipped: [],
    tookMs: context.clock.now() - context.attemptStartedAtMs,
    failedUnitsBefore: context.memory?.failedUnitsBefore ?? facts.failedUnits ?? [],
    ...systemOf(facts),
  };
  return { kind: 'done', proof, note };
}

function systemOf({ bootId, kernel, os: { id, versionId } }: HostFacts) {
  return { bootId, kernel, os: { id, versionId } };
}
