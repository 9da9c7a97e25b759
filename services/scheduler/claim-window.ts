import { DEFAULT_NODE_TAKES_MS } from '../../shared/domain/durations/node-takes.ts';
import type { PlanCluster } from '../../shared/domain/plan.ts';
import type { WindowVerdict } from '../../shared/gates/window/judge.ts';
import { judgeWave } from '../common/windows.ts';

/** Whether a further node of a wave may begin now, for all the windows say. */
export function claimVerdict(cluster: PlanCluster, wave: number, nowMs: number): WindowVerdict {
  const ms = cluster.policy.window.nodeTakesMs ?? DEFAULT_NODE_TAKES_MS;
  const words = `a node takes ${Math.round(ms / 60_000)} min`;
  return judgeWave(cluster, cluster.waves[wave], nowMs, { ms, words });
}
