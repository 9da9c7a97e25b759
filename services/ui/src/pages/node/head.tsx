import type { NodeStatus } from '../../../../../shared/domain/status.ts';
import { nodeActs } from '../../../../../shared/domain/view/node-acts.ts';
import { ActButton } from '../../components/act.tsx';
import { Badge, StateBadge } from '../../components/badge.tsx';
import { Instant } from '../../components/time.tsx';
import { rolloutPath } from '../../lib/paths.ts';
import type { PictureHead } from '../../lib/picture.ts';
import { Took } from '../rollout/wave.tsx';
import type { NodePlace } from './use-node.ts';

interface NodeHeadProps {
  readonly place: NodePlace;
  readonly node: NodeStatus;
  /** null: not known yet. */
  readonly head: PictureHead | null;
}

/** Which node of which rollout, how it stands, and what can be done about it. */
export function NodeHead({ place, node, head }: NodeHeadProps) {
  return (
    <header class="card rollout-head">
      <nav class="crumbs" aria-label="Where this is">
        <a href={rolloutPath(place.id)}>
          {head?.rollout.fleet} {place.id}
        </a>{' '}
        <span class="quiet">
          › {place.cluster} › wave {node.wave + 1}
        </span>
      </nav>
      <div class="title">
        <h1>{node.node}</h1>
        {node.state === 'claimed' ? <Badge tone="busy">away</Badge> : <StateBadge state={node.state} />}
        <Took of={{ startedAtMs: node.claimedAtMs, endedAtMs: node.endedAtMs }} />
        {node.controlPlane && <span class="tag">control plane</span>}
      </div>
      <NodeFacts node={node} />
      <NodeActs place={place} node={node} head={head} />
      <NodeWarnings warnings={node.warnings} />
    </header>
  );
}

function NodeFacts({ node }: { readonly node: NodeStatus }) {
  const facts = [
    ['Cluster', node.cluster],
    ['Sequence', node.sequence === null ? 'none' : String(node.sequence)],
    ['Round', node.round === 0 ? 'not begun' : String(node.round)],
    ['Holds a slot', node.slot === null ? 'no' : 'yes'],
  ] as const;
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class="number">{value}</dd>
        </div>
      ))}
      <div>
        <dt>Taken</dt>
        <dd>
          <Instant atMs={node.claimedAtMs} />
        </dd>
      </div>
    </dl>
  );
}

function NodeActs({ place, node, head }: NodeHeadProps) {
  const wave = head?.rollout.clusters.find(({ name }) => name === node.cluster)?.waves[node.wave];
  if (!head || !wave) return null;
  const acts = nodeActs(node, wave.state, head.rollout.state);
  if (acts.length === 0) return null;
  return (
    <div class="acts" role="group" aria-label={`Acts on ${node.node}`}>
      {acts.map(command => (
        <ActButton key={command.kind} rollout={place.id} command={command} isMain={command.kind === 'retry'} />
      ))}
    </div>
  );
}

function NodeWarnings({ warnings }: { readonly warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  return (
    <ul class="holdups" aria-label="Warnings">
      {warnings.map((text, index) => (
        <li key={`${index} ${text}`}>! {text}</li>
      ))}
    </ul>
  );
}
