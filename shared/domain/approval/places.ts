import type { ApprovalPlace } from '../command.ts';
import type { EventBody } from '../events.ts';
import type { Plan } from '../plan.ts';
import type { ApprovalPolicy } from './policy.ts';

/** A place of a plan at which approval is asked for. */
export interface PlannedApproval {
  readonly place: ApprovalPlace;
  readonly policy: ApprovalPolicy;
}

/** All such places of a plan, in the order in which a rollout comes to them. */
export function plannedApprovals(plan: Plan): PlannedApproval[] {
  const found: PlannedApproval[] = [];
  const add = (place: ApprovalPlace, policy: ApprovalPolicy | undefined) => {
    if (policy) found.push({ place, policy });
  };
  for (const stage of plan.stages) {
    add({ of: 'stage', stage: stage.name }, stage.approval);
    for (const { name: cluster, approval, waves } of stage.clusters) {
      add({ of: 'cluster', cluster }, approval);
      for (const { index: wave, approval: before, canary } of waves) {
        add({ of: 'wave', cluster, wave }, before);
        add({ of: 'canary', cluster, wave }, canary);
      }
    }
  }
  return found;
}

/** The stage, cluster or wave that begins with an event; null: none does. */
export function placeOpened(event: EventBody): ApprovalPlace | null {
  switch (event.type) {
    case 'stage-started':
      return { of: 'stage', stage: event.stage };
    case 'cluster-started':
      return { of: 'cluster', cluster: event.cluster };
    case 'wave-started':
      return { of: 'wave', cluster: event.cluster, wave: event.wave };
    default:
      return null;
  }
}
