import type { Command } from '../../shared/domain/command.ts';
import { splitNodeKey, stepJobId } from '../../shared/domain/names.ts';
import { planClusters } from '../../shared/domain/plan.ts';
import { STEPS } from '../../shared/domain/steps.ts';
import type { EngineStore } from '../../shared/ports/engine-store.ts';
import type { CommandAnswer } from '../../shared/ports/store.ts';
import type { Queues } from '../../shared/queue/queues.ts';
import { ensureSlots } from './slots.ts';
import { wakeTree } from './wake.ts';

/**
 * Carries out a person's command: first the durable change with its event, then the nudges that make it act at once.
 * A death between the two loses nothing: the reconciler gives the nudges again.
 */
export async function steer(
  store: EngineStore,
  queues: Queues,
  rollout: string,
  command: Command,
  by: string,
  why: string,
): Promise<CommandAnswer> {
  const answer = await store.command(rollout, command, by, why);
  if (!answer.ok) return { ok: false, note: answer.note };
  for (const { key, round, step } of answer.retry) {
    const { cluster, node } = splitNodeKey(key);
    await queues.retryStep(rollout, cluster, node, round, step);
  }
  await nudge(store, queues, rollout, command);
  await wakeTree(queues, rollout);
  return { ok: true, note: answer.note };
}

async function nudge(store: EngineStore, queues: Queues, rollout: string, command: Command): Promise<void> {
  switch (command.kind) {
    case 'redo':
      await nudgeNode(store, queues, rollout, command.cluster, command.node);
      return openSlots(store, queues, rollout);
    case 'skip':
      return nudgeNode(store, queues, rollout, command.cluster, command.node);
    case 'abort':
      return nudgeAll(store, queues, rollout);
    case 'concurrency':
    case 'failure-budget':
      await openSlots(store, queues, rollout);
      return nudgeAll(store, queues, rollout);
    default:
      return;
  }
}

/** Slots for all there may be now, in every open wave. */
async function openSlots(store: EngineStore, queues: Queues, rollout: string): Promise<void> {
  const plan = await store.plan(rollout);
  for (const { name: cluster } of plan ? planClusters(plan) : []) {
    const wave = await store.openWave(rollout, cluster);
    if (wave !== null) await ensureSlots(store, queues, { rollout, cluster, wave });
  }
}

async function nudgeAll(store: EngineStore, queues: Queues, rollout: string): Promise<void> {
  for (const key of Object.values(await store.holdings(rollout))) {
    const { cluster, node } = splitNodeKey(key);
    await nudgeNode(store, queues, rollout, cluster, node);
  }
}

/** A step that waits for its next look or attempt takes it now. */
async function nudgeNode(
  store: EngineStore,
  queues: Queues,
  rollout: string,
  cluster: string,
  node: string,
): Promise<void> {
  const record = await store.node(rollout, cluster, node);
  if (!record || record.round === 0) return;
  for (const step of STEPS) await queues.promote(step, stepJobId(rollout, cluster, node, record.round, step));
}
