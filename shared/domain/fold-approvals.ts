import { placeText } from './command.ts';
import type { RolloutEvent } from './events.ts';
import type { ApprovalStatus } from './status.ts';

/** The approvals after one more event. */
export function foldApproval(approvals: readonly ApprovalStatus[], event: RolloutEvent): readonly ApprovalStatus[] {
  switch (event.type) {
    case 'approval-wanted':
    case 'approval-expired':
    case 'approval-revoked':
      return put(approvals, { ...WANTED, place: event.place, sinceMs: event.atMs });
    case 'approved': {
      const { place, by, why, expiresAtMs, atMs } = event;
      return put(approvals, { place, by, why, expiresAtMs, state: 'given', sinceMs: atMs });
    }
    default:
      return approvals;
  }
}

const WANTED = { state: 'wanted', by: '', why: '', expiresAtMs: null } as const;

function put(approvals: readonly ApprovalStatus[], next: ApprovalStatus): readonly ApprovalStatus[] {
  const name = placeText(next.place);
  const at = approvals.findIndex(each => placeText(each.place) === name);
  return at < 0 ? [...approvals, next] : approvals.with(at, next);
}
