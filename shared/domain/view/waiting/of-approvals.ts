import { plannedApprovals } from '../../approval/places.ts';
import { spanText } from '../../approval/text.ts';
import { type ApprovalPlace, placeText } from '../../command.ts';
import { type Plan, type PlanNode, planClusters } from '../../plan.ts';
import type { ApprovalStatus, RolloutStatus } from '../../status.ts';
import { counted } from '../../text.ts';
import type { WaitingItem } from '../waiting.ts';

/** What waits for an approval that is wanted. */
export function waitingApproval({ id, fleet }: RolloutStatus, plan: Plan, wanted: ApprovalStatus): WaitingItem {
  const { place, sinceMs } = wanted;
  return {
    kind: 'approval',
    rollout: id,
    fleet,
    sinceMs,
    title: titleOf(place),
    reasons: reasonsOf(plan, place),
    needs: 'Approve it once what came before looks well',
    acts: [{ kind: 'approve', place, expiresAtMs: null }, { kind: 'pause' }, { kind: 'abort' }],
    place,
  };
}

function titleOf(place: ApprovalPlace): string {
  if (place.of !== 'canary') return `${placeText(place)} waits for approval`;
  return `the rest of wave ${place.cluster}/${place.wave + 1} waits for approval after its first node`;
}

function reasonsOf(plan: Plan, place: ApprovalPlace): string[] {
  const name = placeText(place);
  const autoMs = plannedApprovals(plan).find(each => placeText(each.place) === name)?.policy.autoMs ?? null;
  const nodes = nodesOf(plan, place);
  const clusters = new Set(nodes.map(({ cluster }) => cluster)).size;
  const many = counted(nodes.length, 'node');
  const where = clusters > 1 ? ` in ${clusters} clusters` : '';
  const what = place.of === 'canary' ? `a wave of ${many}` : `${many}${where} behind it`;
  return autoMs === null ? [what] : [what, `it goes on by itself once all has been well for ${spanText(autoMs)}`];
}

function nodesOf(plan: Plan, place: ApprovalPlace): readonly PlanNode[] {
  const clusters =
    place.of === 'stage'
      ? (plan.stages.find(({ name }) => name === place.stage)?.clusters ?? [])
      : planClusters(plan).filter(({ name }) => name === place.cluster);
  const waves = clusters.flatMap(cluster => cluster.waves);
  const meant =
    place.of === 'wave' || place.of === 'canary' ? waves.filter(({ index }) => index === place.wave) : waves;
  return meant.flatMap(wave => wave.nodes);
}
