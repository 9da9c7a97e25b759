import type { Command } from '../command.ts';
import type { NodeState } from '../events.ts';
import type { RolloutStatus, WaveStatus } from '../status.ts';

interface Of {
  readonly cluster: string;
  readonly node: string;
  readonly state: NodeState;
}

const ENDING: readonly RolloutStatus['state'][] = ['aborting', 'aborted', 'done'];

/** What a person may do about a node now, the likeliest first; the store has the last word. `wave`: the state of its wave. */
export function nodeActs(
  { cluster, node, state }: Of,
  wave: WaveStatus['state'],
  rollout: RolloutStatus['state'],
): Command[] {
  if (ENDING.includes(rollout)) return [];
  const of = { cluster, node };
  const redo: Command[] = wave === 'running' ? [{ kind: 'redo', ...of }] : [];
  switch (state) {
    case 'failed':
      return [{ kind: 'retry', ...of }, { kind: 'repaired', ...of }, ...redo, { kind: 'skip', ...of }];
    case 'claimed':
      return [...redo, { kind: 'skip', ...of }];
    case 'pending':
      return [{ kind: 'exclude', ...of }];
    case 'aborted':
      return [];
    default:
      return redo;
  }
}
