import { cronerCron } from '../../shared/cron/croner.ts';
import type { EstimateInput } from '../../shared/domain/estimate/estimate.ts';
import type { Begins } from '../../shared/domain/estimate/slots.ts';
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

/** Windows as estimates ask of them. */
export const estimateWindows: EstimateInput['windows'] = {
  begins: (cluster, wave) => beginsIn(cluster, wave),
  closesAtMs: (cluster, wave, atMs) => {
    const verdict = judgeWave(cluster, wave, atMs);
    return verdict.open ? verdict.closesAtMs : null;
  },
};

/** Asked for many nodes one after another: what is known to be open is not looked at again. */
function beginsIn(cluster: PlanCluster, wave: PlanWave): Begins {
  let [fromMs, toMs] = [Number.NaN, Number.NaN];
  return (atMs, needsMs) => {
    if (atMs >= fromMs && atMs + needsMs <= toMs) return atMs;
    const verdict = judgeWave(cluster, wave, atMs, { ms: needsMs, words: '' });
    if (!verdict.open) return verdict.opensAtMs;
    [fromMs, toMs] = [atMs, verdict.closesAtMs ?? Number.POSITIVE_INFINITY];
    return atMs;
  };
}
