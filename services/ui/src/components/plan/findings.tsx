import type { PreflightReport } from '../../../../../shared/domain/preflight/finding.ts';
import { counted, named } from '../../../../../shared/domain/text.ts';
import { findingsOf, type PlacedFinding } from '../../view/plan.ts';
import { Mark } from '../mark.tsx';

/** So many findings are shown before one asks for more. */
const SHOWN = 6;

/** What the preflight found, blockers first. */
export function Findings({ report }: { readonly report: PreflightReport }) {
  const all = findingsOf(report);
  const others = all.slice(SHOWN);
  return (
    <section aria-label="Preflight">
      <h2>Preflight</h2>
      {all.length === 0 && (
        <p class="found good">
          <Mark tone="good" /> Nothing was found that would stop a drain.
        </p>
      )}
      <List found={all.slice(0, SHOWN)} />
      {others.length > 0 && (
        <details>
          <summary>{counted(others.length, 'more finding')}</summary>
          <List found={others} />
        </details>
      )}
    </section>
  );
}

function List({ found }: { readonly found: readonly PlacedFinding[] }) {
  return (
    <ul class="findings">
      {found.map((each, index) => (
        <Found key={index} found={each} />
      ))}
    </ul>
  );
}

function Found({ found: { cluster, wave, finding } }: { readonly found: PlacedFinding }) {
  const { level, code, message, nodes, pods, todo } = finding;
  const tone = level === 'block' ? 'bad' : 'wait';
  return (
    <li class={`found ${tone}`}>
      <Mark tone={tone} />
      <div>
        <p>
          <b>{level === 'block' ? 'Blocker' : 'Warning'}</b> in {cluster}, wave {wave}: {message} <code>{code}</code>
        </p>
        {nodes.length > 0 && (
          <p class="quiet" title={nodes.join(', ')}>
            on {named(nodes)}
          </p>
        )}
        {pods.length > 0 && (
          <p class="quiet" title={pods.join(', ')}>
            pods {named(pods, 6)}
          </p>
        )}
        {todo !== '' && <p>→ {todo}</p>}
      </div>
    </li>
  );
}
