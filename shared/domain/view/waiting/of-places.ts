import type { BudgetPlace, Command } from '../../command.ts';
import type { ClusterStatus, RolloutStatus, WaitingStatus, WaveStatus } from '../../status.ts';
import type { WaitingItem } from '../waiting.ts';

type BudgetCommand = Extract<Command, { kind: 'failure-budget' }>;

/** How a wave goes on as it should, and what is told as an approval or a pause besides. */
const USUAL =
  /^\d+ of \d+ nodes of the wave are away$|^tried again first: |^recovery after |^no node can be taken now$/;
const TOLD_ELSEWHERE =
  /^approval of |^(?:hook \S+: )?the rollout (?:is |stops: )|^the first node of the wave goes alone: /;

/** What slots, or clusters as a whole, cannot go on for; one for each different reason. */
export function waitingPlaces(status: RolloutStatus): WaitingItem[] {
  return status.clusters.flatMap(cluster => [
    ...placeItems(status, cluster, null, cluster.waiting),
    ...cluster.waves.flatMap(wave => placeItems(status, cluster, wave, wave.waiting)),
  ]);
}

function placeItems(
  status: RolloutStatus,
  cluster: ClusterStatus,
  wave: WaveStatus | null,
  waiting: readonly WaitingStatus[],
): WaitingItem[] {
  const groups = new Map<string, { sinceMs: number; count: number; reasons: readonly string[] }>();
  for (const each of waiting) {
    const reasons = each.reasons.filter(reason => !USUAL.test(reason) && !TOLD_ELSEWHERE.test(reason));
    if (reasons.length === 0) continue;
    const key = reasons.join('\n');
    const { sinceMs = each.sinceMs, count = 0 } = groups.get(key) ?? {};
    groups.set(key, { sinceMs: Math.min(sinceMs, each.sinceMs), count: count + 1, reasons });
  }
  return [...groups.values()].map(({ sinceMs, reasons }) => {
    const where = wave === null ? `cluster ${cluster.name}` : `wave ${cluster.name}/${wave.index + 1}`;
    const spent = spentBudget(reasons);
    return {
      kind: 'blocked' as const,
      rollout: status.id,
      fleet: status.fleet,
      sinceMs,
      title: `${where} ${wave === null ? 'cannot go on' : 'takes no further node'}`,
      reasons,
      needs: needsOf(reasons, spent !== null),
      acts: spent === null ? [] : [{ kind: 'retry-all' } as const, spent],
      cluster: cluster.name,
      wave: wave?.index ?? -1,
      budget: spent && budgetNow(status, spent.place),
    };
  });
}

function needsOf(reasons: readonly string[], isSpent: boolean): string {
  if (isSpent) return 'Retry or skip what failed, or raise the failure budget';
  if (reasons.every(reason => reason.startsWith('soak after '))) return 'Time only: it goes on by itself';
  return 'It looks again by itself and goes on once nothing is in its way';
}

/** Raises the budget that is spent to what has failed; null: none is. */
function spentBudget(reasons: readonly string[]): BudgetCommand | null {
  for (const reason of reasons) {
    const [, cluster, waveOf, wave, names] =
      /failure budget spent(?: in cluster (\S+?)| in wave (\S+)\/(\d+))?: (.+) failed/.exec(reason) ?? [];
    if (names === undefined) continue;
    const budget = Math.max(1, names.split(', ').length);
    return { kind: 'failure-budget', place: budgetPlace(cluster, waveOf, wave), budget };
  }
  return null;
}

/** null: there is none there (any more). */
function budgetNow({ failureBudget, clusters }: RolloutStatus, place: BudgetPlace): number | null {
  if (place.of === 'rollout') return failureBudget;
  const cluster = clusters.find(({ name }) => name === place.cluster);
  return (place.of === 'cluster' ? cluster : cluster?.waves[place.wave])?.failureBudget ?? null;
}

function budgetPlace(cluster: string | undefined, waveOf: string | undefined, wave: string | undefined): BudgetPlace {
  if (cluster !== undefined) return { of: 'cluster', cluster };
  return waveOf === undefined ? { of: 'rollout' } : { of: 'wave', cluster: waveOf, wave: Number(wave) - 1 };
}
