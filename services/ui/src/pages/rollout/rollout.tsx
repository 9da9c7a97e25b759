import { useMemo } from 'preact/hooks';
import { useRoute } from 'preact-iso';
import { PageFreshness } from '../../components/page-freshness.tsx';
import { useJournal } from '../../lib/journal.ts';
import { usePicture } from '../../lib/picture.ts';
import { Approvals } from './approvals.tsx';
import { Events } from './events.tsx';
import { Failed } from './failed.tsx';
import { Filters } from './filters.tsx';
import { Header } from './header.tsx';
import { Pointed } from './pointed.tsx';
import { Stages } from './stages.tsx';
import { newView } from './view.ts';
import '../../style/rollout.css';

/** A rollout as it goes on: how it stands, what waits, every node. */
export function Rollout() {
  const { id = '' } = useRoute().params;
  const picture = usePicture(id);
  const view = useMemo(() => newView(id, picture), [id, picture]);
  const journal = useJournal(id, picture);
  const head = picture.head.value;
  const state = picture.live.state.value;
  return (
    <div class={state.kind === 'lost' ? 'rollout stale' : 'rollout'}>
      <PageFreshness state={state} />
      {head && (
        <>
          <Header view={view} head={head} />
          <div class="rollout-body">
            <div class="rollout-nodes">
              <Approvals view={view} />
              <Failed view={view} />
              <Filters view={view} />
              <Stages view={view} />
            </div>
            <Events rollout={id} picture={picture} events={journal.events.value} />
          </div>
          <Pointed view={view} />
        </>
      )}
    </div>
  );
}
