import type { Narrow } from '../../../../shared/domain/plan-build/narrow.ts';
import type { StartRecord } from '../../../../shared/domain/schedule.ts';
import { counted } from '../../../../shared/domain/text.ts';
import type { RolloutSummary } from '../../../../shared/domain/view/summary.ts';
import type { Tone } from './tone.ts';

/** A new schedule as the server takes it: what a person left empty is not there. */
export function newSchedule(
  fields: Readonly<Record<string, unknown>>,
  narrow: Narrow,
): Readonly<Record<string, unknown>> {
  const { clusters, waves, nodes, limit, selector } = narrow;
  const said = Object.entries({ ...fields, clusters, waves, nodes, limit, selector });
  return Object.fromEntries(said.filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** What came of a start, as a badge and a line. */
export interface StartText {
  readonly word: string;
  readonly tone: Tone;
  readonly text: string;
}

const TONES = {
  nothing: 'quiet',
  skipped: 'wait',
  missed: 'wait',
  refused: 'bad',
  failed: 'bad',
} as const;

/** What came of a start. `rollout`: the one it began; undefined: none, or it is not known any more. */
export function startText({ outcome, waitsFor }: StartRecord, rollout: RolloutSummary | undefined): StartText {
  if (outcome === null) {
    return waitsFor === ''
      ? { word: 'starting', tone: 'busy', text: '' }
      : { word: 'waits', tone: 'wait', text: `for ${waitsFor}` };
  }
  if (outcome.kind !== 'started') return { word: outcome.kind, tone: TONES[outcome.kind], text: outcome.note };
  if (!rollout) return { word: 'started', tone: 'good', text: outcome.note };
  const { state, nodes } = rollout;
  const failed = nodes.failed > 0 ? `, ${nodes.failed} failed` : '';
  const tone = nodes.failed > 0 ? 'bad' : state === 'done' ? 'good' : state === 'aborted' ? 'wait' : 'busy';
  return { word: state, tone, text: `${nodes.done} of ${counted(nodes.total, 'node')} done${failed}` };
}
