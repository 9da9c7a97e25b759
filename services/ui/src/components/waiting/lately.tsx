import type { ActEvent } from '../../../../../shared/domain/people.ts';
import type { RolloutSummary } from '../../../../../shared/domain/view/summary.ts';
import { eventWords } from '../../../../../shared/domain/words/event.ts';
import { lastResult } from '../../lib/act.ts';
import { useActs } from '../../lib/acts-journal.ts';
import { rolloutPath } from '../../lib/paths.ts';
import { isOver } from '../../view/needs.ts';
import { Instant } from '../time.tsx';

/** So many acts are shown. */
const SHOWN = 12;

interface LatelyProps {
  readonly rollouts: readonly RolloutSummary[];
  /** Something else waits: another one. */
  readonly turn: string;
}

/** What people did lately in the rollout under way, or in the last one; nothing when there is nothing. */
export function Lately({ rollouts, turn }: LatelyProps) {
  const rollout = rollouts.find(each => !isOver(each)) ?? rollouts[0];
  const version = `${turn} ${lastResult.value?.note}`;
  const acts = useActs(rollout?.id ?? null, () => version)?.toReversed() ?? [];
  if (!rollout || acts.length === 0) return null;
  return (
    <section aria-label="Done lately">
      <h2>
        Done lately <span class="quiet">in {rollout.id}</span>
      </h2>
      <ol class="lately">
        {acts.slice(0, SHOWN).map(act => (
          <Act key={act.id} act={act} />
        ))}
      </ol>
      {acts.length > SHOWN && <a href={`${rolloutPath(rollout.id)}/report`}>All {acts.length} in the report</a>}
    </section>
  );
}

function Act({ act }: { readonly act: ActEvent }) {
  const { subject, text } = eventWords(act);
  return (
    <li>
      <span class="quiet">
        <Instant atMs={act.atMs} />
      </span>
      <span>
        <b>{subject}</b> {text}
      </span>
    </li>
  );
}
