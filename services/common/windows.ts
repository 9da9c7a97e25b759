import { cronerCron } from '../../shared/cron/croner.ts';
import type { PlanCluster, PlanWave } from '../../shared/domain/plan.ts';
import { windowOfWave } from '../../shared/domain/window/window.ts';
import { judgeWindow, NOTHING_MORE, type Takes, type WindowVerdict } from '../../shared/gates/window/judge.ts';

/** What the windows of a wave say at an instant. `takes` missing: something only has to begin. */
export function judgeWave(
  cluster: PlanCluster,
  wave: PlanWave | undefined,
  atMs: number,
  takes: Takes = NOTHING_MORE,
): WindowVerdict {
  return judgeWindow(windowOfWave(cluster, wave), atMs, takes, cronerCron);
}

/** The same for a node, by its name. */
export function judgeNode(cluster: PlanCluster, node: string, atMs: number): WindowVerdict {
  const wave = cluster.waves.find(each => each.nodes.some(({ name }) => name === node));
  return judgeWave(cluster, wave, atMs);
}
