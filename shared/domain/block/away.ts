import { type NodeView, workMarkOf } from '../facts.ts';
import { clip } from '../text.ts';
import { type AwayNode, MOST_TEXT } from './block.ts';

/** Whose marks are ours. */
export interface Ours {
  readonly installation: string;
  readonly rollout: string;
}

/** The node as one that is away: cordoned, not Ready or under a mark; null: it is not. */
export function awayOf(node: NodeView, ours: Ours): AwayNode | null {
  const whose = whoseMark(node, ours);
  if (whose === null && !node.unschedulable && node.ready) return null;
  const cordoned = whose === null ? 'cordoned by somebody else' : 'cordoned';
  const state = [whose?.words ?? '', node.unschedulable ? cordoned : '', node.ready ? '' : 'not Ready'].filter(Boolean);
  const short = state.join(', ');
  const reason = node.ready || node.notReadyReason === '' ? '' : `: ${node.notReadyReason}`;
  const by = whose?.by ?? (node.unschedulable ? 'somebody' : 'not-ready');
  return { node: node.name, by, down: !node.ready, text: clip(`${short}${reason}`, MOST_TEXT), short };
}

/** A node pods still name, though there is none. */
export function goneNode(name: string): AwayNode {
  return { node: name, by: 'gone', down: true, text: 'whose Node is gone', short: 'whose Node is gone' };
}

function whoseMark(node: NodeView, ours: Ours) {
  const mark = workMarkOf(node.annotations);
  if (mark === null) return null;
  if (mark === 'unreadable') return { by: 'another-rollout' as const, words: 'under a mark that cannot be read' };
  if (mark.rollout === ours.rollout && mark.installation === ours.installation) {
    return { by: 'this-rollout' as const, words: 'taken by this rollout' };
  }
  return { by: 'another-rollout' as const, words: `taken by rollout ${mark.rollout} of ${mark.installation}` };
}
