import type { BudgetPlace } from '../../../shared/domain/command.ts';
import type { RolloutStatus, WaveStatus } from '../../../shared/domain/status.ts';
import { CliError, EXIT } from '../exit.ts';

/** The wave that `CLUSTER/WAVE` names; waves count from 1, as everything that is shown does. CliError when there is none. */
export function findWave(status: RolloutStatus, asked: string): WaveStatus {
  const at = asked.lastIndexOf('/');
  const cluster = findCluster(status, at < 0 ? asked : asked.slice(0, at));
  const wave = at < 0 ? undefined : cluster.waves.find(each => String(each.index + 1) === asked.slice(at + 1));
  if (wave) return wave;
  const names = cluster.waves.map(each => `${cluster.name}/${each.index + 1}`).join(', ');
  throw new CliError(EXIT.badInput, `rollout ${status.id} has no wave ${asked}; there are: ${names}`);
}

/** The place of a failure budget, and what it is now; null: none of its own. No text means the rollout as a whole. */
export function findBudgetPlace(
  status: RolloutStatus,
  asked: string | undefined,
): { readonly place: BudgetPlace; readonly now: number | null } {
  if (asked === undefined) return { place: { of: 'rollout' }, now: status.failureBudget };
  if (!asked.includes('/')) {
    const { name: cluster, failureBudget: now } = findCluster(status, asked);
    return { place: { of: 'cluster', cluster }, now };
  }
  const { cluster, index: wave, failureBudget: now } = findWave(status, asked);
  return { place: { of: 'wave', cluster, wave }, now };
}

function findCluster(status: RolloutStatus, asked: string) {
  const cluster = status.clusters.find(each => each.name === asked);
  if (cluster) return cluster;
  const names = status.clusters.map(each => each.name).join(', ');
  throw new CliError(EXIT.badInput, `rollout ${status.id} has no cluster ${asked}; there are: ${names}`);
}
