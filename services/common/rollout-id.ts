import { createHash, randomInt } from 'node:crypto';

const TAIL_LENGTH = 4;
const DRAFT_TAIL_LENGTH = 6;

/** `r-20260301-120000-k3f9`, by UTC: sorts by time, is easy to type the beginning of. */
export function newRolloutId(nowMs: number): string {
  return `${stamp(nowMs)}-${randomInt(36 ** TAIL_LENGTH)
    .toString(36)
    .padStart(TAIL_LENGTH, '0')}`;
}

/** The id of the one rollout that a start of a schedule begins. Its tail is longer than any {@link newRolloutId} has. */
export function scheduledRolloutId(schedule: string, dueMs: number): string {
  const digest = createHash('sha256').update(`${schedule} ${dueMs}`).digest();
  return `${stamp(dueMs)}-s${digest.readUInt32BE(0).toString(36).padStart(7, '0')}`;
}

/** `d-20260301-120000-k3f9x2`, by UTC. */
export function newDraftId(nowMs: number): string {
  const tail = randomInt(36 ** DRAFT_TAIL_LENGTH)
    .toString(36)
    .padStart(DRAFT_TAIL_LENGTH, '0');
  return `d${stamp(nowMs).slice(1)}-${tail}`;
}

/** The id of the one rollout that a draft begins; its time is when the plan was asked for. */
export function draftRolloutId(draft: string): string {
  return draft.replace(/^d-(.*)-/, 'r-$1-d');
}

function stamp(atMs: number): string {
  const [date, time] = new Date(atMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T');
  return `r-${date}-${time}`;
}
