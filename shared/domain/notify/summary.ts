import { NODE_STATES, type RolloutEvent } from '../events.ts';
import type { NodeStatus, RolloutStatus } from '../status.ts';
import { counted } from '../text.ts';
import type { Notice } from './notice.ts';
import { type About, noticeOf } from './place.ts';
import { roughSpan } from './span.ts';

/** Nodes named of each kind. */
const MOST_NAMED = 10;

/** How a rollout ended: counts, time, what failed or was left out, reboots. */
export function finishedNotice(
  about: About,
  event: Extract<RolloutEvent, { type: 'rollout-ended' }>,
  status: RolloutStatus,
  { failures, reboots }: { readonly failures: number; readonly reboots: number },
): Notice {
  const nodes = Object.values(status.nodes);
  const left = nodes.filter(node => node.state !== 'done' && node.state !== 'pending');
  const { counts } = status;
  const told = NODE_STATES.filter(state => counts[state] > 0).map(state => `${counts[state]} ${state}`);
  const took = roughSpan(event.atMs - (status.startedAtMs ?? status.createdAtMs));
  const parts = [
    `${told.join(', ')} of ${counted(nodes.length, 'node')}`,
    counted(reboots, 'reboot'),
    `${counted(failures, 'failure')} on the way`,
  ];
  const aborted = event.outcome === 'aborted';
  const clean = !aborted && left.length === 0 && failures === 0;
  return noticeOf(about, event, {
    event: 'finished',
    severity: aborted ? 'critical' : clean ? 'info' : 'warning',
    title: aborted ? `rollout aborted after ${took}` : `rollout done in ${took}${clean ? '' : ', not all went well'}`,
    what: `${aborted ? 'Aborted' : 'Done'} after ${took}: ${parts.join('; ')}.`,
    why: named(left),
    state: counts.pending > 0 ? `not begun: ${counted(counts.pending, 'node')}` : '',
    todo: left.length > 0 ? `see what was left: nodetide status ${about.id}` : '',
  });
}

function named(nodes: readonly NodeStatus[]): string {
  const shown = nodes.slice(0, MOST_NAMED).map(({ cluster, node, state, reason }) => {
    return `${cluster}/${node} ${state}${reason === '' ? '' : ` (${reason})`}`;
  });
  return nodes.length > MOST_NAMED ? `${shown.join('; ')}; and ${nodes.length - MOST_NAMED} more` : shown.join('; ');
}
