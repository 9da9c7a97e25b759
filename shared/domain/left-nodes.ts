import type { NodeStatus, RolloutStatus } from './status.ts';
import type { StepName } from './steps.ts';

/** A node that a skip or an abort did not leave well, or does not leave to the next rollout alone. */
export interface LeftNode {
  readonly cluster: string;
  readonly node: string;
  /** `ending`: a person asked, and what runs on it has not come to its end yet. */
  readonly kind: 'ending' | 'skipped' | 'aborted' | 'excluded';
  /** The step in which it ended, or is; null: it was taken and had begun none. */
  readonly step: StepName | null;
  /** Nothing of the work is left on it. */
  readonly well: boolean;
  /** The state it was left in, in words. */
  readonly state: string;
  /** What to do; empty: nothing. */
  readonly todo: string;
}

/** What a person has to look after once nodes were skipped or the rollout was aborted, in plan order; empty: nothing. */
export function leftNodes(status: RolloutStatus): LeftNode[] {
  return Object.values(status.nodes).flatMap(node => {
    const left = leftNode(node, status.state === 'aborting');
    return left === null ? [] : [left];
  });
}

function leftNode(node: NodeStatus, aborting: boolean): LeftNode | null {
  const { cluster, node: name, state, step, left, round } = node;
  const about = { cluster, node: name, step } as const;
  if (aborting && (state === 'claimed' || state === 'failed')) {
    const now = node.reason === '' ? 'ends at its next safe point' : `ends at its next safe point; was: ${node.reason}`;
    return { ...about, kind: 'ending', well: false, state: now, todo: '' };
  }
  // Left out after it had begun: it waited to be done anew.
  if ((state !== 'skipped' && state !== 'aborted' && state !== 'excluded') || round === 0) return null;
  if (left === null) {
    const todo = `Look at it; if it carries our mark: nodetide release ${cluster}/${name}`;
    return { ...about, kind: state, well: false, state: node.reason, todo };
  }
  if (left.well && left.todo === '') return null;
  return { ...about, kind: state, ...left };
}
