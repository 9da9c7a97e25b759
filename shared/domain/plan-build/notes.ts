import { workMarkOf } from '../facts.ts';
import { toolMarkOf } from '../tool-marks.ts';
import type { Candidate } from './hosts.ts';
import type { DraftWave } from './waves.ts';

/** What a person should know before running the plan, though it keeps nothing from being run. */
export function notesOf(cluster: string, waves: readonly DraftWave[], planned: readonly Candidate[]): string[] {
  const empty = waves.filter(wave => wave.members.length === 0).map(wave => wave.name);
  const notes = empty.map(name => `${cluster}: no node is in wave ${name}`);
  return [...notes, ...planned.flatMap(candidate => nodeNotes(cluster, candidate))];
}

function nodeNotes(cluster: string, { node, policy, view }: Candidate): string[] {
  if (!view) return [];
  const notes: string[] = [];
  const ours = workMarkOf(view.annotations) !== null;
  if (ours) notes.push(`${cluster}/${node.name}: carries the mark of a rollout that has not ended`);
  if (view.unschedulable && !ours) {
    const then = policy.cordonedByOthers === 'skip' ? 'left out unless that ends' : 'upgraded and left cordoned';
    notes.push(`${cluster}/${node.name}: cordoned by somebody else, will be ${then}`);
  }
  const tool = ours ? null : toolMarkOf(view);
  const later = tool?.kind === 'going' ? 'left out unless that ends' : 'waits until that ends';
  if (tool) notes.push(`${cluster}/${node.name}: ${tool.reason}, ${later}`);
  if (!view.ready)
    notes.push(
      `${cluster}/${node.name}: not Ready (${view.notReadyReason || 'no reason given'}), will not be started so`,
    );
  return notes;
}
