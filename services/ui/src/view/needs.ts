import type { ClusterOverview, Overview } from '../../../../shared/domain/view/overview.ts';
import type { RolloutSummary } from '../../../../shared/domain/view/summary.ts';
import type { WaitingItem } from '../../../../shared/domain/view/waiting.ts';

/** Whether it is a person that something waits for; else it is the world: a window, a budget, a gate. */
export function needsPerson({ kind }: WaitingItem): boolean {
  return kind !== 'blocked' && kind !== 'blocked-step';
}

/** How many things wait for a person. */
export function countForPerson(seen: Overview | null): number {
  return seen?.waiting.filter(needsPerson).length ?? 0;
}

/** Whether a rollout is over. */
export function isOver({ state }: Pick<RolloutSummary, 'state'>): boolean {
  return state === 'done' || state === 'aborted';
}

/** Whether something waits in a cluster, or holds it up. `rollout`: the one under way there. */
export function concerns(item: WaitingItem, { name, stage, rollout }: ClusterOverview): boolean {
  if (item.rollout !== rollout) return false;
  if (item.kind === 'paused') return true;
  if (item.kind !== 'approval') return item.cluster === name;
  return item.place.of === 'stage' ? item.place.stage === stage : item.place.cluster === name;
}
