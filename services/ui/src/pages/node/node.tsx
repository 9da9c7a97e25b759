import { useRoute } from 'preact-iso';
import { nodeKey } from '../../../../../shared/domain/names.ts';
import type { NodeStatus } from '../../../../../shared/domain/status.ts';
import { PageFreshness } from '../../components/page-freshness.tsx';
import { type Picture, usePicture } from '../../lib/picture.ts';
import { ActsDone } from './acts-done.tsx';
import { NodeHead } from './head.tsx';
import { History } from './history.tsx';
import { Output } from './output.tsx';
import { Steps } from './steps.tsx';
import { Trouble } from './trouble.tsx';
import { type NodePlace, useNode } from './use-node.ts';
import '../../style/rollout.css';
import '../../style/node.css';

/** One node of a rollout: its steps, what it waits for, what its commands print. */
export function NodePage() {
  const { id = '', cluster = '', node = '' } = useRoute().params;
  const place = { id, cluster, node };
  const picture = usePicture(id);
  const state = picture.live.state.value;
  // Not there before the first picture, so that is asked for too.
  void picture.head.value;
  const cell = picture.cell(nodeKey(cluster, node))?.value;
  const { node: status, problem } = useNode(place, cell);
  return (
    <div class={state.kind === 'lost' ? 'node-page stale' : 'node-page'}>
      <PageFreshness state={state} />
      {problem && (
        <p class="notice bad" role="alert">
          {problem.message}
        </p>
      )}
      {status && <Parts place={place} node={status} picture={picture} />}
    </div>
  );
}

interface PartsProps {
  readonly place: NodePlace;
  readonly node: NodeStatus;
  readonly picture: Picture;
}

function Parts({ place, node, picture }: PartsProps) {
  const head = picture.head.value;
  const cluster = head?.clusters.find(({ name }) => name === place.cluster);
  return (
    <>
      <NodeHead place={place} node={node} head={head} />
      <div class="node-body">
        <div class="node-left">
          <Trouble node={node} />
          <Steps rollout={place.id} node={node} usualMs={cluster?.usualMs ?? {}} zone={cluster?.zone ?? null} />
          <ActsDone place={place} picture={picture} />
          <History place={place} />
        </div>
        <Output place={place} node={node} />
      </div>
    </>
  );
}
