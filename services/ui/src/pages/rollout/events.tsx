import { useState } from 'preact/hooks';
import type { RolloutEvent } from '../../../../../shared/domain/events.ts';
import { clockTime } from '../../../../../shared/domain/time/show.ts';
import { eventWords } from '../../../../../shared/domain/words/event.ts';
import { useActs } from '../../lib/acts-journal.ts';
import { nodePath } from '../../lib/paths.ts';
import type { Picture } from '../../lib/picture.ts';

interface EventsProps {
  readonly rollout: string;
  readonly picture: Picture;
  /** The oldest first; null: not known yet. */
  readonly events: readonly RolloutEvent[] | null;
}

/** The last that happened, newest first; or all that people did. */
export function Events({ rollout, picture, events }: EventsProps) {
  const [onlyPeople, setOnlyPeople] = useState(false);
  return (
    <section class="events card" aria-label="What happened">
      <div class="events-head">
        <h2>What happened</h2>
        <label>
          <input type="checkbox" checked={onlyPeople} onChange={() => setOnlyPeople(!onlyPeople)} /> only what people
          did
        </label>
      </div>
      {onlyPeople ? <Acts rollout={rollout} picture={picture} /> : <EventLines rollout={rollout} events={events} />}
    </section>
  );
}

function Acts({ rollout, picture }: Omit<EventsProps, 'events'>) {
  return <EventLines rollout={rollout} events={useActs(rollout, () => picture.lastEventId())} />;
}

function EventLines({ rollout, events }: Omit<EventsProps, 'picture'>) {
  if (events === null || events.length === 0) {
    return <p class="quiet">{events === null ? 'Reading…' : 'Nothing yet.'}</p>;
  }
  return (
    <ol tabIndex={0} aria-label="Events, newest first">
      {events.toReversed().map(event => (
        <EventLine key={event.id} rollout={rollout} event={event} />
      ))}
    </ol>
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
