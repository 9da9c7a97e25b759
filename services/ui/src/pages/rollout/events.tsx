import { useState } from 'preact/hooks';
import type { RolloutEvent } from '../../../../../shared/domain/events.ts';
import { isAct } from '../../../../../shared/domain/people.ts';
import { clockTime } from '../../../../../shared/domain/time/show.ts';
import { eventWords } from '../../../../../shared/domain/words/event.ts';
import { nodePath } from '../../lib/paths.ts';

interface EventsProps {
  readonly rollout: string;
  /** The oldest first; null: not known yet. */
  readonly events: readonly RolloutEvent[] | null;
}

/** The last that happened, newest first; also only what people did. */
export function Events({ rollout, events }: EventsProps) {
  const [onlyPeople, setOnlyPeople] = useState(false);
  const shown = (events ?? []).filter(event => !onlyPeople || isAct(event)).toReversed();
  return (
    <section class="events card" aria-label="What happened">
      <div class="events-head">
        <h2>What happened</h2>
        <label>
          <input type="checkbox" checked={onlyPeople} onChange={() => setOnlyPeople(!onlyPeople)} /> only what people
          did
        </label>
      </div>
      {shown.length === 0 && <p class="quiet">{events === null ? 'Reading…' : 'Nothing of late.'}</p>}
      <ol tabIndex={0} aria-label="Events, newest first">
        {shown.map(event => (
          <EventLine key={event.id} rollout={rollout} event={event} />
        ))}
      </ol>
    </section>
  );
}

function EventLine({ rollout, event }: { readonly rollout: string; readonly event: RolloutEvent }) {
  const { tone, subject, text } = eventWords(event);
  const node = 'node' in event && event.node !== undefined ? event.node : null;
  const href = node !== null && 'cluster' in event ? nodePath(rollout, event.cluster ?? '', node) : null;
  return (
    <li class={`tone-${tone}`}>
      <time dateTime={new Date(event.atMs).toISOString()}>{clockTime(event.atMs)}</time>{' '}
      {href === null ? <b>{subject}</b> : <a href={href}>{subject}</a>} <span>{text}</span>
    </li>
  );
}
