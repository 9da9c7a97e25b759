import { placeText } from '../../../../../shared/domain/command.ts';
import type { ApprovalStatus } from '../../../../../shared/domain/status.ts';
import { ActButton } from '../../components/act.tsx';
import { Instant, Since } from '../../components/time.tsx';
import type { RolloutView } from './view.ts';

/** Words that are waited for, and those given that can still be taken back. */
export function Approvals({ view }: { readonly view: RolloutView }) {
  const rollout = view.picture.head.value?.rollout;
  if (!rollout || rollout.state === 'done' || rollout.state === 'aborted') return null;
  const open = rollout.approvals.filter(({ state }) => state !== 'used');
  if (open.length === 0) return null;
  return (
    <ul class="approvals" aria-label="Approvals">
      {open.map(approval => (
        <li key={placeText(approval.place)} class={approval.state}>
          <One view={view} approval={approval} />
        </li>
      ))}
    </ul>
  );
}

function One({ view, approval }: { readonly view: RolloutView; readonly approval: ApprovalStatus }) {
  const { place, state, sinceMs, by, why, expiresAtMs } = approval;
  if (state === 'wanted') {
    return (
      <>
        <span>
          <b>{placeText(place)}</b> waits for approval, <Since atMs={sinceMs} />
        </span>
        <ActButton rollout={view.id} command={{ kind: 'approve', place, expiresAtMs: null }} isMain />
      </>
    );
  }
  return (
    <>
      <span>
        <b>{placeText(place)}</b> approved by {by}
        {why !== '' && `: ${why}`}
        {expiresAtMs !== null && (
          <>
            , expires <Instant atMs={expiresAtMs} as="ago" />
          </>
        )}
      </span>
      <ActButton rollout={view.id} command={{ kind: 'revoke', place }} />
    </>
  );
}
