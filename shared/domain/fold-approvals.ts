import { type ApprovalPlace, placeText } from './command.ts';
import type { RolloutEvent } from './events.ts';
import type { ApprovalStatus } from './status.ts';

type Approvals = readonly ApprovalStatus[];

/** The approvals after one more event. `isFurther`: a node that is claimed is not the first one of its wave. */
export function foldApproval(approvals: Approvals, event: RolloutEvent, isFurther: () => boolean): Approvals {
  switch (event.type) {
    case 'approval-wanted':
      return put(approvals, { ...WANTED, place: event.place, sinceMs: event.atMs });
    case 'approval-expired':
    case 'approval-revoked':
      return without(approvals, event.place);
    case 'approved': {
      const { place, by, why, expiresAtMs, atMs } = event;
      return put(approvals, { place, by, why, expiresAtMs, state: 'given', sinceMs: atMs });
    }
    case 'rollout-aborting':
    case 'rollout-ended':
      // Nothing begins any more.
      return approvals.filter(each => each.state !== 'wanted');
    default:
      return approvals.length === 0 ? approvals : use(approvals, event, isFurther);
  }
}

function use(approvals: Approvals, event: RolloutEvent, isFurther: () => boolean): Approvals {
  switch (event.type) {
    case 'stage-started':
      return used(approvals, { of: 'stage', stage: event.stage });
    case 'cluster-started':
      return used(approvals, { of: 'cluster', cluster: event.cluster });
    case 'wave-started':
      return used(approvals, { of: 'wave', cluster: event.cluster, wave: event.wave });
    case 'wave-done':
      return unasked(approvals, { of: 'canary', cluster: event.cluster, wave: event.wave });
    case 'node-claimed': {
      const place = { of: 'canary', cluster: event.cluster, wave: event.wave } as const;
      return !event.adopted && find(approvals, place) && isFurther() ? used(approvals, place) : approvals;
    }
    default:
      return approvals;
  }
}

const WANTED = { state: 'wanted', by: '', why: '', expiresAtMs: null } as const;

function find(approvals: Approvals, place: ApprovalPlace): ApprovalStatus | undefined {
  const name = placeText(place);
  return approvals.find(each => placeText(each.place) === name);
}

function put(approvals: Approvals, next: ApprovalStatus): Approvals {
  const before = find(approvals, next.place);
  return before ? approvals.with(approvals.indexOf(before), next) : [...approvals, next];
}

function without(approvals: Approvals, place: ApprovalPlace): Approvals {
  const gone = find(approvals, place);
  return approvals.filter(each => each !== gone);
}

/** The nodes behind it came to another end before anybody approved them: nothing waits for it any more. */
function unasked(approvals: Approvals, place: ApprovalPlace): Approvals {
  return find(approvals, place)?.state === 'wanted' ? without(approvals, place) : approvals;
}

function used(approvals: Approvals, place: ApprovalPlace): Approvals {
  const given = find(approvals, place);
  return given ? put(approvals, { ...given, state: 'used' }) : approvals;
}
