import type { RolloutSummary } from '../../../../shared/domain/view/summary.ts';
import { isOver } from './needs.ts';

/** Which rollouts are shown. */
export interface HistoryFilter {
  /** Empty: all. */
  readonly state: string;
  /** Empty: all. */
  readonly cluster: string;
  /** In its id, its fleet or the name of who made it; empty: any. */
  readonly text: string;
}

/** What a person can choose from: value and word. */
export const STATE_CHOICES = [
  ['', 'all'],
  ['going', 'under way'],
  ['done', 'done'],
  ['aborted', 'aborted'],
  ['failed', 'with failed nodes'],
] as const;

/** The rollouts that pass, in their order. */
export function filterRollouts(
  rollouts: readonly RolloutSummary[],
  { state, cluster, text }: HistoryFilter,
): readonly RolloutSummary[] {
  const word = text.trim().toLowerCase();
  return rollouts.filter(
    rollout =>
      hasState(rollout, state) &&
      (cluster === '' || rollout.clusters.includes(cluster)) &&
      `${rollout.id} ${rollout.fleet} ${rollout.by}`.toLowerCase().includes(word),
  );
}

function hasState(rollout: RolloutSummary, state: string): boolean {
  if (state === '') return true;
  if (state === 'going') return !isOver(rollout);
  if (state === 'failed') return rollout.nodes.failed > 0;
  return rollout.state === state;
}

/** What an overview tells newer goes over the list: by id, newest first. */
export function merged(list: readonly RolloutSummary[], newer: readonly RolloutSummary[]): readonly RolloutSummary[] {
  const byId = new Map([...list, ...newer].map(rollout => [rollout.id, rollout]));
  return [...byId.values()].sort((a, b) => b.createdAtMs - a.createdAtMs);
}

/** The names of all their clusters, sorted. */
export function clustersOf(rollouts: readonly RolloutSummary[]): readonly string[] {
  return [...new Set(rollouts.flatMap(({ clusters }) => clusters))].sort();
}
