import { findPlanNode, type Plan, type PlanCluster } from '../../shared/domain/plan.ts';
import type { ClaimRequest } from '../../shared/ports/engine-store.ts';
import { judgeWave } from '../common/windows.ts';
import type { SchedulerDeps } from './deps.ts';

type Candidates = ClaimRequest['candidates'];

/** What the windows say to candidates for a claim. */
export interface WindowAnswer {
  /** Why none may begin; null: the next one may. */
  readonly shut: string | null;
  /** When the next one may begin, ms since the epoch; Infinity: nothing is known. null: now. */
  readonly opensAtMs: number | null;
  readonly candidates: Candidates;
}

/**
 * Which candidates may begin now, for all the windows of their wave say: one that does not fit what is left of the window
 * keeps those after it from going before it. Adopted ones are taken at any time.
 */
export async function askWindows(
  { durations, clock }: Pick<SchedulerDeps, 'durations' | 'clock'>,
  plan: Plan,
  cluster: PlanCluster,
  wave: number,
  candidates: Candidates,
): Promise<WindowAnswer> {
  const planned = candidates.filter(({ adopt }) => !adopt).map(({ node }) => findPlanNode(plan, cluster.name, node));
  const nodes = planned.filter(node => node !== undefined);
  const expected = await durations.expected(cluster, nodes);
  const verdicts = new Map<string, ReturnType<typeof judgeWave>>();
  const nowMs = clock.now();
  for (const [index, takes] of expected.entries()) {
    const verdict = verdicts.get(takes.words) ?? judgeWave(cluster, cluster.waves[wave], nowMs, takes);
    verdicts.set(takes.words, verdict);
    if (verdict.open) continue;
    const { reason, opensAtMs } = verdict;
    if (index === 0) return { shut: reason, opensAtMs: opensAtMs ?? Number.POSITIVE_INFINITY, candidates };
    const later = new Set(nodes.slice(index).map(node => node.name));
    const marked = candidates.map(each => (!each.adopt && later.has(each.node) ? { ...each, shut: reason } : each));
    return { shut: null, opensAtMs: null, candidates: marked };
  }
  return { shut: null, opensAtMs: null, candidates };
}
