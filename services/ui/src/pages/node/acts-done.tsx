import { eventWords } from '../../../../../shared/domain/words/event.ts';
import { Instant } from '../../components/time.tsx';
import { useActs } from '../../lib/acts-journal.ts';
import type { Picture } from '../../lib/picture.ts';
import type { NodePlace } from './use-node.ts';

interface ActsDoneProps {
  readonly place: NodePlace;
  readonly picture: Picture;
}

/** What people did about this node in this rollout, the latest first; nothing where nobody did anything. */
export function ActsDone({ place: { id, cluster, node }, picture }: ActsDoneProps) {
  const acts = useActs(id, () => picture.lastEventId()) ?? [];
  const own = acts.filter(act => 'node' in act && act.node === node && act.cluster === cluster).toReversed();
  if (own.length === 0) return null;
  return (
    <section class="card" aria-label="What people did">
      <h2>What people did</h2>
      <ul class="plain">
        {own.map(act => (
          <li key={act.id}>
            <Instant atMs={act.atMs} /> {eventWords(act).text}
          </li>
        ))}
      </ul>
    </section>
  );
}
