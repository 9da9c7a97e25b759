import { Fragment } from 'preact';
import type { WaitingItem } from '../../../../../shared/domain/view/waiting.ts';
import { rolloutPath } from '../../lib/paths.ts';
import { needsPerson } from '../../view/needs.ts';
import { kindOf, placeOf } from '../../view/waiting.ts';
import { ActButton } from '../act.tsx';
import { Badge } from '../badge.tsx';
import { Seen } from '../seen.tsx';
import { Instant } from '../time.tsx';

/** One thing that cannot go on: what, since when, why, what it needs, and what a person can do. */
export function WaitingCard({ item }: { readonly item: WaitingItem }) {
  const [word, tone] = kindOf(item);
  return (
    <article class={`card waiting-card is-${tone}`}>
      <header>
        <Badge tone={tone}>{word}</Badge>
        <h3>{item.title}</h3>
        <span class="since">
          <Instant atMs={item.sinceMs} as="ago" />
        </span>
      </header>
      <Reasons lines={item.reasons} />
      {item.kind === 'failed' && <Failed item={item} />}
      {item.needs !== '' && (
        <p class="needs">
          <span class="quiet">Needs</span> {item.needs}
        </p>
      )}
      <Foot item={item} />
    </article>
  );
}

function Foot({ item }: { readonly item: WaitingItem }) {
  const { path, name } = placeOf(item);
  return (
    <footer>
      <div class="buttons">
        {item.acts.map((command, rank) => (
          <ActButton
            key={command.kind}
            rollout={item.rollout}
            command={command}
            now={item.kind === 'blocked' && command.kind === 'failure-budget' ? item.budget : null}
            isMain={rank === 0 && needsPerson(item)}
          />
        ))}
      </div>
      <span class="places">
        <a href={path}>{name}</a>
        {path.includes('/nodes/') && (
          <>
            {' in '}
            <a href={rolloutPath(item.rollout)}>{item.rollout}</a>
          </>
        )}
      </span>
    </footer>
  );
}

/** Why, line by line; lines that begin with `$` are commands. */
function Reasons({ lines }: { readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <ul class="reasons">
      {lines.map((line, index) => (
        <li key={index}>{line.trimStart().startsWith('$') ? <code>{line.trim()}</code> : line}</li>
      ))}
    </ul>
  );
}

function Failed({ item: { failure, reasons, needs } }: { readonly item: Extract<WaitingItem, { kind: 'failed' }> }) {
  const said = [...reasons, needs].join('\n');
  const facts = [
    ['Left as', failure.leftAs],
    ['Advice', failure.todo],
  ] as const;
  return (
    <>
      <dl class="facts">
        <dt>Code</dt>
        <dd>
          <code>{failure.code}</code>
          {!failure.retryable && <span class="quiet"> a retry alone will hardly help</span>}
        </dd>
        {facts.map(
          ([name, text]) =>
            text !== undefined &&
            text !== '' &&
            !said.includes(text) && (
              <Fragment key={name}>
                <dt>{name}</dt>
                <dd class="text">{text}</dd>
              </Fragment>
            ),
        )}
      </dl>
      {failure.seen !== undefined && failure.seen !== '' && !said.includes(failure.seen) && (
        <Seen text={failure.seen} />
      )}
    </>
  );
}
