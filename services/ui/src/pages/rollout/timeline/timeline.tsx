import { useMemo, useState } from 'preact/hooks';
import { useRoute } from 'preact-iso';
import { StateBadge } from '../../../components/badge.tsx';
import { PageFreshness } from '../../../components/page-freshness.tsx';
import { useActs } from '../../../lib/acts-journal.ts';
import { now } from '../../../lib/clock.ts';
import { rolloutPath } from '../../../lib/paths.ts';
import { type Picture, type PictureHead, usePicture } from '../../../lib/picture.ts';
import { boundedZoom } from './axis.ts';
import { Chart } from './chart.tsx';
import { Legend } from './legend.tsx';
import { RowDetail } from './line.tsx';
import { linesOf } from './lines.ts';
import { marksOf } from './marks.ts';
import { MarkList, Summary } from './summary.tsx';
import '../../../style/rollout.css';
import '../../../style/timeline.css';

/** What of a rollout ran when. */
export function Timeline() {
  const { id = '' } = useRoute().params;
  const picture = usePicture(id);
  const head = picture.head.value;
  const state = picture.live.state.value;
  return (
    <div class={state.kind === 'lost' ? 'timeline stale' : 'timeline'}>
      <PageFreshness state={state} />
      {head && <Parts id={id} picture={picture} head={head} />}
    </div>
  );
}

interface PartsProps {
  readonly id: string;
  readonly picture: Picture;
  readonly head: PictureHead;
}

function Parts({ id, picture, head: { rollout } }: PartsProps) {
  const [zoom, setZoom] = useState(1);
  const [cluster, setCluster] = useState('');
  const acts = useActs(id, () => picture.lastEventId());
  const { lines, toMs } = useLines(picture, rollout, cluster);
  const marks = marksOf(acts ?? []);
  const zoomTo = (asked: number) => setZoom(boundedZoom(asked, window.innerWidth));
  const names = rollout.clusters.map(({ name }) => name);
  const fromMs = rollout.startedAtMs ?? rollout.createdAtMs;
  return (
    <>
      <header class="card rollout-head">
        <Title id={id} state={rollout.state} />
        <div class="tl-tools">
          <Zoom zoom={zoom} zoomTo={zoomTo} />
          <ClusterChoice names={names} chosen={cluster} onChange={setCluster} />
          <Legend />
        </div>
      </header>
      {lines.length === 0 ? (
        <p class="card">No node has begun.</p>
      ) : (
        <>
          <Chart rollout={id} lines={lines} marks={marks} fromMs={fromMs} toMs={toMs} zoom={zoom} onZoom={zoomTo} />
          <RowDetail />
        </>
      )}
      <Summary key={`${id} ${cluster} ${rollout.endedAtMs}`} rollout={id} lines={lines} />
      <MarkList marks={marks} />
    </>
  );
}

/** Drawn anew once a second while it goes on: nobody sees more of a whole timeline. */
function useLines(picture: Picture, { clusters, endedAtMs }: PictureHead['rollout'], cluster: string) {
  const atMs = endedAtMs ?? now.value;
  const revision = endedAtMs === null ? 0 : picture.revision.value;
  return useMemo(() => {
    const toMs = endedAtMs ?? now.peek();
    return { toMs, lines: linesOf(clusters, key => picture.cell(key)?.peek(), toMs, cluster) };
  }, [picture, Math.floor(atMs / 1_000), revision, cluster]);
}

function Title({ id, state }: { readonly id: string; readonly state: string }) {
  return (
    <div class="title">
      <h1>
        Timeline <span class="mono quiet">{id}</span>
      </h1>
      <StateBadge state={state} />
      <nav aria-label="Views of this rollout">
        <a href={rolloutPath(id)}>Rollout</a>
        <a href={`${rolloutPath(id)}/report`}>Report</a>
      </nav>
    </div>
  );
}

function Zoom({ zoom, zoomTo }: { readonly zoom: number; readonly zoomTo: (zoom: number) => void }) {
  return (
    <span class="tl-zoom" role="group" aria-label="Zoom">
      <button type="button" aria-label="Zoom out" disabled={zoom <= 1} onClick={() => zoomTo(zoom / 2)}>
        −
      </button>
      <button type="button" disabled={zoom === 1} onClick={() => zoomTo(1)}>
        Fit
      </button>
      <button type="button" aria-label="Zoom in" onClick={() => zoomTo(zoom * 2)}>
        +
      </button>
      <span class="quiet number">×{zoom}</span>
    </span>
  );
}

interface ClusterChoiceProps {
  readonly names: readonly string[];
  readonly chosen: string;
  readonly onChange: (name: string) => void;
}

function ClusterChoice({ names, chosen, onChange }: ClusterChoiceProps) {
  if (names.length < 2) return null;
  return (
    <select aria-label="Cluster" value={chosen} onChange={event => onChange(event.currentTarget.value)}>
      <option value="">all clusters</option>
      {names.map(name => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}
