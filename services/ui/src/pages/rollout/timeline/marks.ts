import { placeText } from '../../../../../../shared/domain/command.ts';
import type { ActEvent } from '../../../../../../shared/domain/people.ts';
import { counted } from '../../../../../../shared/domain/text.ts';

/** Something people did, as a line across all nodes. */
export interface Mark {
  readonly atMs: number;
  /** Missing: a moment; null: it lasts. */
  readonly toMs?: number | null;
  readonly kind: 'approval' | 'halt' | 'change';
  /** One line. */
  readonly text: string;
}

/** Marks of what people did to the rollout as a whole; acts on single nodes are not among them. */
export function marksOf(acts: readonly ActEvent[]): Mark[] {
  const marks: Mark[] = [];
  for (const event of acts) {
    // What is being aborted is not paused any more.
    if (event.type === 'rollout-resumed' || event.type === 'rollout-aborting') endHalt(marks, event.atMs);
    const mark = markOf(event);
    if (mark) marks.push(mark);
  }
  return marks;
}

function markOf(event: ActEvent): Mark | null {
  const { atMs } = event;
  const by = `by ${event.by}${'why' in event && event.why !== '' ? `: ${event.why}` : ''}`;
  switch (event.type) {
    case 'approved':
      return { atMs, kind: 'approval', text: `${placeText(event.place)} approved ${by}` };
    case 'approval-revoked':
      return { atMs, kind: 'approval', text: `approval of ${placeText(event.place)} taken back ${by}` };
    case 'rollout-paused':
      return { atMs, toMs: null, kind: 'halt', text: `paused ${by}` };
    case 'rollout-stopping':
      return { atMs, toMs: null, kind: 'halt', text: `told to stop ${by}` };
    case 'rollout-aborting':
      return { atMs, kind: 'halt', text: `aborted ${by}` };
    case 'concurrency-changed': {
      const wave = placeText({ of: 'wave', cluster: event.cluster, wave: event.wave });
      return { atMs, kind: 'change', text: `${wave}: at most ${event.concurrency} at once, ${by}` };
    }
    case 'failure-budget-changed':
      return {
        atMs,
        kind: 'change',
        text: `${placeText(event.place)} bears ${counted(event.budget, 'failure')}, ${by}`,
      };
    default:
      return null;
  }
}

function endHalt(marks: Mark[], atMs: number): void {
  for (const [index, mark] of marks.entries()) {
    if (mark.kind === 'halt' && mark.toMs === null) marks[index] = { ...mark, toMs: atMs };
  }
}
