import { autoText, judgeAuto } from '../../shared/domain/approval/auto.ts';
import type { ApprovalPolicy } from '../../shared/domain/approval/policy.ts';
import { approvalText, soakText } from '../../shared/domain/approval/text.ts';
import { type ApprovalPlace, placeText } from '../../shared/domain/command.ts';
import type { GateKind } from '../../shared/domain/gate/settings.ts';
import type { PlanCluster, PlanWave } from '../../shared/domain/plan.ts';
import type { Advance, AskAnswer, Asking, Soak } from '../../shared/ports/engine-store.ts';
import type { SchedulerDeps } from './deps.ts';
import { LONGEST_DELAY_MS } from './look-again.ts';

/** A stage, cluster or wave that is to begin. */
export interface PlaceAhead {
  readonly place: ApprovalPlace;
  /** undefined: no approval is asked for. */
  readonly approval: ApprovalPolicy | undefined;
  /** The mark of what comes before it: from there on it is well, for an approval that is given by itself. */
  readonly sinceMark: string;
  /** undefined: there is none. */
  readonly soak: (Soak & { readonly after: string }) | undefined;
  /** Where it is told that it waits: a wave, or a cluster as a whole (`wave` -1). */
  readonly toldAt: readonly { readonly cluster: string; readonly wave: number }[];
  /** Whose alerts count, for an approval that is given by itself. */
  readonly clusters: readonly PlanCluster[];
}

/**
 * Waits until a place may begin: for the end of the soak before it, and for its approval. Returns ms until the next look;
 * null: it may begin. Only the advance script's word counts in the end.
 */
export async function awaitPlace(deps: SchedulerDeps, rollout: string, ahead: PlaceAhead): Promise<number | null> {
  const { place, approval, soak, sinceMark } = ahead;
  if (!approval && !soak) return null;
  const asking = { place, soak: soak && { mark: soak.mark, soakMs: soak.soakMs }, wants: true, sinceMark };
  const { answer, opensAtMs } = await askOrGive(deps, rollout, approval, ahead.clusters, asking);
  const reasons: string[] = [];
  if (answer.soakUntilMs !== null && soak) reasons.push(soakText(soak.after, answer.soakUntilMs));
  if (answer.wanted) reasons.push(approvalText(place) + autoText(approval, opensAtMs));
  for (const at of ahead.toldAt)
    await deps.store.waiting(rollout, { ...at, slot: `place ${placeText(place)}` }, reasons);
  if (answer.open) return null;
  const next = Math.min(answer.soakUntilMs ?? Number.POSITIVE_INFINITY, opensAtMs ?? Number.POSITIVE_INFINITY);
  return Math.min(next - answer.nowMs, LONGEST_DELAY_MS);
}

/**
 * Gives the approval of a wave's canary by itself, if it is wanted and the plan says so now; that wakes the slots. Returns
 * ms until it would; null: it never will as things are.
 */
export async function giveCanary(
  deps: SchedulerDeps,
  rollout: string,
  cluster: PlanCluster,
  { index, canary }: PlanWave,
): Promise<number | null> {
  if (!canary || canary.autoMs === null) return null;
  const place = { of: 'canary', cluster: cluster.name, wave: index } as const;
  const { answer, opensAtMs } = await askOrGive(deps, rollout, canary, [cluster], { place, wants: false });
  return opensAtMs === null ? null : opensAtMs - answer.nowMs;
}

/** What the advance script has to know of it. */
export function soakAdvance({ soak }: PlaceAhead): Pick<Advance, 'soak'> {
  return soak ? { soak: { mark: soak.mark, soakMs: soak.soakMs } } : {};
}

async function askOrGive(
  deps: SchedulerDeps,
  rollout: string,
  approval: ApprovalPolicy | undefined,
  clusters: readonly PlanCluster[],
  asking: Asking,
): Promise<{ answer: AskAnswer; opensAtMs: number | null }> {
  const byItself = approval !== undefined && approval.autoMs !== null;
  const trouble = byItself && (await hasAlerts(deps, rollout, clusters));
  const answer = await deps.store.ask(rollout, { ...asking, trouble });
  const verdict = judgeAuto(approval, answer.wanted?.wellSinceMs ?? null, answer.nowMs);
  if (!answer.wanted || verdict.kind !== 'give') {
    return { answer, opensAtMs: answer.wanted && verdict.kind === 'wait' ? verdict.untilMs : null };
  }
  return { answer: await deps.store.ask(rollout, { ...asking, trouble, give: verdict.why }), opensAtMs: null };
}

const ALERTS: readonly GateKind[] = ['prometheus', 'alertmanager'];

/** Whether a gate that looks at alerts would keep a node from being taken now, or cannot be asked. */
async function hasAlerts(deps: SchedulerDeps, rollout: string, clusters: readonly PlanCluster[]): Promise<boolean> {
  const answers = await Promise.all(
    clusters.map(cluster => {
      const gates = cluster.policy.gates.filter(gate => ALERTS.includes(gate.kind));
      const asked = { ...cluster, policy: { ...cluster.policy, gates } };
      const ask = { moment: 'claim', rollout, cluster: asked, nodes: new Map<never, never>(), candidates: [] } as const;
      return deps.gates.ask(ask, deps.signal);
    }),
  );
  return answers.some(({ shut }) => shut.length > 0);
}
