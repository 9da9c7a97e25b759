import type { Deviation, RolloutReport } from '../../../../../shared/domain/report/report.ts';
import type { RolloutSummary } from '../../../../../shared/domain/view/summary.ts';
import { lastResult } from '../../lib/act.ts';
import { useFetched } from '../../lib/fetched.ts';
import { isOver } from '../../view/needs.ts';
import { Instant } from '../time.tsx';

/** So many acts are shown. */
const SHOWN = 12;

/** What people did lately in the rollout under way, or in the last one; nothing when that is not to be had. */
export function Lately({ rollouts }: { readonly rollouts: readonly RolloutSummary[] }) {
  const rollout = rollouts.find(each => !isOver(each)) ?? rollouts[0];
  const path = rollout ? `/rollouts/${encodeURIComponent(rollout.id)}/report?format=json` : null;
  const { data } = useFetched<RolloutReport>(path, null, lastResult.value);
  const acts = (data?.deviations ?? []).filter(({ by }) => by !== '').toReversed();
  if (!rollout || acts.length === 0) return null;
  return (
    <section aria-label="Done lately">
      <h2>
        Done lately <span class="quiet">in {rollout.id}</span>
      </h2>
      <ol class="lately">
        {acts.slice(0, SHOWN).map((act, index) => (
          <Act key={index} act={act} />
        ))}
      </ol>
      {acts.length > SHOWN && <a href={`/rollouts/${rollout.id}/report`}>All {acts.length} in the report</a>}
    </section>
  );
}

function Act({ act: { atMs, by, why, text } }: { readonly act: Deviation }) {
  return (
    <li>
      <span class="quiet">
        <Instant atMs={atMs} />
      </span>
      <span>
        <b>{by}</b> {text}
        {why !== '' && !text.includes(why) && <span class="quiet"> ({why})</span>}
      </span>
    </li>
  );
}
