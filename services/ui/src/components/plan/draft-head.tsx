import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { DRAFT_FRESH_MS, type Draft } from '../../../../../shared/domain/draft/draft.ts';
import { type Plan, planNodes } from '../../../../../shared/domain/plan.ts';
import { counted } from '../../../../../shared/domain/text.ts';
import { about, endText } from '../../../../../shared/domain/words/estimate.ts';
import { now } from '../../lib/clock.ts';
import { send } from '../../lib/http.ts';
import { rolloutPath } from '../../lib/paths.ts';
import { useSending } from '../../lib/sending.ts';
import { planText } from '../../view/plan.ts';
import { Mark } from '../mark.tsx';
import { ProblemNote } from '../problem.tsx';
import { RoleButton, RoleNote } from '../role-button.tsx';
import { ScheduleDialog } from '../schedules/schedule-dialog.tsx';
import { Instant } from '../time.tsx';
import { StartDialog } from './start-dialog.tsx';

interface DraftHeadProps {
  readonly draft: Draft;
  readonly plan: Plan;
  readonly onBegun: () => void;
}

/** A plan in few words, and what can be done with it. */
export function DraftHead({ draft, plan, onBegun }: DraftHeadProps) {
  const { preflight, estimate, rollout, by, askedAtMs } = draft;
  const blockers = preflight?.blockers ?? 0;
  const warnings = preflight?.warnings ?? 0;
  const tone = blockers > 0 ? 'bad' : warnings > 0 ? 'wait' : 'good';
  const found = [
    ...(blockers > 0 ? [counted(blockers, 'blocker')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ];
  return (
    <section class="draft-head" aria-label="The plan">
      <div class={`condition ${tone}`}>
        <Mark tone={tone} />
        <div>
          <strong>{planText(plan)}</strong>
          <p>
            {found.length === 0 ? 'The preflight found nothing' : `The preflight found ${found.join(' and ')}`}
            {estimate &&
              `. Begun when it was made, it takes ${about(estimate.leftMs)}${endText(estimate, { nowMs: now.peek() })}`}
            .
          </p>
        </div>
      </div>
      {rollout === null ? (
        <Acts draft={draft} plan={plan} onBegun={onBegun} />
      ) : (
        <p>
          It began as rollout <a href={rolloutPath(rollout)}>{rollout}</a>.
        </p>
      )}
      <p class="quiet">
        Asked for by {by} <Instant atMs={askedAtMs} as="ago" />. Nothing begins by itself.
      </p>
    </section>
  );
}

function Acts({ draft, plan, onBegun }: DraftHeadProps) {
  const [dialog, setDialog] = useState<'start' | 'schedule' | null>(null);
  const isOld = now.value - (draft.madeAtMs ?? draft.askedAtMs) > DRAFT_FRESH_MS;
  const isEmpty = planNodes(plan).length === 0;
  const hindered = isOld ? 'It is older than an hour: make it anew' : isEmpty ? 'No node is in it' : '';
  const close = () => setDialog(null);
  return (
    <>
      <div class="buttons">
        <RoleButton needs="operator" look="main" hindered={hindered} onClick={() => setDialog('start')}>
          Start…
        </RoleButton>
        <RoleButton needs="admin" onClick={() => setDialog('schedule')}>
          Schedule…
        </RoleButton>
        <Others draft={draft} />
      </div>
      <RoleNote needs="operator" to="start rollouts" />
      {isOld && <p class="quiet">It is older than an hour, and clusters change: make it anew to start it.</p>}
      {dialog === 'start' && <StartDialog draft={draft} plan={plan} onClose={close} onBegun={onBegun} />}
      {dialog === 'schedule' && <ScheduleDialog narrow={draft.request.narrow} onClose={close} />}
    </>
  );
}

function Others({ draft: { id, request } }: Pick<DraftHeadProps, 'draft'>) {
  const { route } = useLocation();
  const { problem, run } = useSending();
  const anew = () => run(async () => route(`/plan/${(await send<Draft>('POST', '/drafts', request)).id}`));
  const remove = () =>
    run(async () => {
      await send('DELETE', `/drafts/${encodeURIComponent(id)}`);
      route('/plan');
    });
  return (
    <>
      <RoleButton needs="operator" onClick={anew}>
        Make it anew
      </RoleButton>
      <RoleButton needs="operator" onClick={remove}>
        Throw away
      </RoleButton>
      <ProblemNote problem={problem} />
    </>
  );
}
