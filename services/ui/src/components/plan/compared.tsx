import type { PlanComparison } from '../../../../../shared/domain/draft/draft.ts';
import { rolloutPath } from '../../lib/paths.ts';

/** How a plan differs from the last one. */
export function Compared({ comparison }: { readonly comparison: PlanComparison | null }) {
  return (
    <section aria-label="Compared with the last plan">
      <h2>Compared with the last plan</h2>
      {comparison === null ? (
        <p class="quiet">There is no earlier plan of these clusters.</p>
      ) : (
        <Lines comparison={comparison} />
      )}
    </section>
  );
}

function Lines({ comparison: { rollout, lines } }: { readonly comparison: PlanComparison }) {
  const link = <a href={rolloutPath(rollout)}>{rollout}</a>;
  if (lines.length === 0) return <p>The same as that of {link}.</p>;
  return (
    <>
      <p>Against that of {link}:</p>
      <ul>
        {lines.map(line => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </>
  );
}
