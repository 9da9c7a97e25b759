import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { ClusterApi } from '../../../../shared/ports/cluster.ts';
import type { Step, StepContext, StepOutcome } from '../../../../shared/ports/step.ts';
import { markOfUs } from '../../common/cordon.ts';
import { leftAs } from '../../common/left-as.ts';
import { type Release, releaseNode } from '../../common/release.ts';

/** What the uncordon step keeps in a round, before it gives the node back. */
export interface UncordonMemory {
  /** Whether our mark and cordon were there: an attempt whose end was lost may have taken them away. */
  readonly wasOurs: boolean;
}

type Context = StepContext<UncordonMemory>;

/** Gives node and host back: takes away only the cordon that is ours. */
export const uncordonStep: Step<'uncordon', UncordonMemory> = {
  name: 'uncordon',
  saysWork: true,
  run: runUncordon,
  giveUp: async context => `upgraded and verified: ${await leftAs(context)}`,
  standing: () => ({ kind: 'proven', said: 'upgraded and verified', todo: '' }),
};

async function runUncordon(context: Context): Promise<StepOutcome<'uncordon'>> {
  const { cluster, host, node, fence, signal } = context;
  if (!cluster || !node.kubernetes) {
    await context.guard();
    await host.disown(fence, signal);
    return done({ uncordoned: false, finalState: 'not in Kubernetes' });
  }
  const wasOurs = context.memory?.wasOurs ?? (await isOurs(cluster, context));
  if (wasOurs) await context.beforeWork();
  if (context.memory === null) await context.remember({ wasOurs });
  await context.guard();
  const { uncordoned, finalState } = await releaseNode(cluster, fence, signal, context.policy.cordon.labelsAfter);
  const released = { uncordoned: uncordoned || (wasOurs && finalState === 'schedulable'), finalState };
  if (released.finalState === 'schedulable') await seeSchedulable(cluster, context);
  await host.disown(fence, signal);
  return done(released);
}

async function isOurs(cluster: ClusterApi, { node, fence, signal }: Context): Promise<boolean> {
  const seen = await cluster.getNode(node.name, signal);
  const mark = seen && markOfUs(seen, fence);
  return mark !== null && (mark.cordons === false ? mark.taintedBefore !== true : !mark.cordonedBefore);
}

/** Asks the API anew: a later reader, such as the scheduler, must find the node schedulable too. */
async function seeSchedulable(cluster: ClusterApi, context: Context): Promise<void> {
  const { clock, node, signal } = context;
  const POLL_MS = 250;
  const LOOKS = 20;
  for (let look = 0; look < LOOKS; look++) {
    const seen = await cluster.getNode(node.name, signal);
    if (!seen) throw fail('node-missing', { message: `there is no Node ${node.name}` });
    if (!seen.unschedulable) return;
    await clock.sleep(POLL_MS, signal);
  }
  throw fail('uncordon-undone', { message: `${node.name} is cordoned again right after it was uncordoned` });
}

function done(released: Release): StepOutcome<'uncordon'> {
  return { kind: 'done', proof: released, note: noteOf(released) };
}

function noteOf({ uncordoned, finalState }: Release): string {
  if (uncordoned) return 'uncordoned, schedulable';
  if (finalState === 'cordoned by others') return 'left cordoned: the cordon is not ours';
  if (finalState === 'marked by others') return 'left alone: it carries the mark of somebody else';
  if (finalState === 'schedulable') return 'nothing of ours was on it: schedulable already';
  return finalState;
}
