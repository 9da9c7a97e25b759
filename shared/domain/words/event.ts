import { placeText } from '../command.ts';
import { escalationText } from '../drain/escalation.ts';
import type { EventBody, EventType, HookEvent } from '../events.ts';
import type { Failure } from '../failure.ts';
import { counted } from '../text.ts';
import { duration } from '../time/show.ts';

/** How an event is to be taken; colours may follow from it. */
export type EventTone = 'plain' | 'good' | 'bad' | 'active' | 'warn' | 'dim' | 'strong';

type Saying = readonly [tone: EventTone, subject: string, text: string];
type Of<T extends EventType> = Extract<EventBody, { type: T }>;

const at = (of: { cluster: string; node: string }): string => `${of.cluster}/${of.node}`;
const wave = (of: { cluster: string; wave: number }): string => `${of.cluster} wave ${of.wave + 1}`;
const by = (of: { by: string; why: string }): string => `by ${of.by}${of.why === '' ? '' : `: ${of.why}`}`;
const because = (failure: Failure): string => `${failure.message} (${failure.code})`;
const nth = (attempt: number): string => (attempt > 1 ? `, attempt ${attempt}` : '');

function around({ cluster, node, wave: index }: HookEvent): string {
  if (node !== undefined) return at({ cluster, node });
  return index === undefined ? cluster : wave({ cluster, wave: index });
}

function waiting(event: Of<'waiting' | 'waiting-over'>): string {
  if (event.cluster === '') return 'rollout';
  if (event.wave < 0) return event.cluster;
  if (/^(hooks|wave|place) /.test(event.slot)) return wave(event);
  return event.slot === '' ? event.cluster : `${wave(event)} slot ${event.slot.replace(/^.*_s/, '')}`;
}

const SAYINGS: { readonly [T in EventType]: (event: Of<T>) => Saying } = {
  'rollout-created': e => ['plain', 'rollout', `created by ${e.by}`],
  'rollout-started': () => ['plain', 'rollout', 'started'],
  'rollout-paused': e => ['warn', 'rollout', `paused ${by(e)}`],
  'rollout-resumed': e => ['plain', 'rollout', `resumed ${by(e)}`],
  'rollout-stopping': e => ['warn', 'rollout', `stops after the open waves ${by(e)}`],
  'rollout-aborting': e => ['warn', 'rollout', `is being aborted ${by(e)}`],
  'rollout-ended': e => [e.outcome === 'done' ? 'good' : 'bad', 'rollout', e.outcome],
  'stage-started': e => ['strong', `stage ${e.stage}`, 'started'],
  'stage-done': e => ['good', `stage ${e.stage}`, 'done'],
  'cluster-started': e => ['strong', e.cluster, 'started'],
  'cluster-done': e => ['good', e.cluster, 'done'],
  'wave-started': e => ['strong', wave(e), 'started'],
  'wave-done': e => ['good', wave(e), 'done'],
  'concurrency-changed': e => ['plain', wave(e), `at most ${e.concurrency} at once, ${by(e)}`],
  'failure-budget-changed': e => [
    'plain',
    placeText(e.place),
    `bears ${counted(e.budget, 'failure')} from now on, ${by(e)}`,
  ],
  'approval-wanted': e => ['warn', placeText(e.place), `waits for approval: ${e.reason}`],
  approved: e => ['good', placeText(e.place), `approved ${by(e)}`],
  'approval-revoked': e => ['warn', placeText(e.place), `approval taken back ${by(e)}`],
  'approval-expired': e => ['warn', placeText(e.place), 'the approval has expired'],
  waiting: e => ['warn', waiting(e), `waits: ${e.reasons.join('; ')}`],
  'waiting-over': e => ['dim', waiting(e), 'goes on'],
  'node-claimed': e => ['active', at(e), e.adopted ? `taken over, round ${e.round}` : `taken, round ${e.round}`],
  'step-started': e => ['active', at(e), `${e.step} started${nth(e.attempt)}`],
  'step-waiting': e => ['dim', at(e), `${e.step} waits: ${e.reason}`],
  'drain-escalated': e => ['warn', at(e), `${e.step}: ${escalationText(e)}`],
  'step-done': e => ['plain', at(e), `${e.step} done${e.note === '' ? '' : `: ${e.note}`}`],
  'step-skipped': e => ['dim', at(e), `${e.step} skipped: ${e.reason}`],
  'attempt-failed': e => ['warn', at(e), `${e.step} failed, again in ${duration(e.retryInMs)}: ${because(e.failure)}`],
  'step-failed': e => ['bad', at(e), `${e.step} FAILED: ${because(e.failure)}`],
  'node-retried': e => ['plain', at(e), `retried ${by(e)}`],
  'node-skip-asked': e => ['warn', at(e), `to be skipped ${by(e)}`],
  'node-redo-asked': e => ['warn', at(e), `to be done anew ${by(e)}`],
  'node-repaired': e => ['plain', at(e), `repaired ${by(e)}`],
  'node-done': e => ['good', at(e), 'done'],
  'node-skipped': e => ['warn', at(e), `skipped: ${e.reason}`],
  'node-excluded': e => ['warn', at(e), `excluded: ${e.reason}`],
  'node-aborted': e => ['bad', at(e), `aborted: ${e.reason}`],
  'node-held': e => ['bad', at(e), `held: ${e.reason}`],
  'node-held-over': e => ['plain', at(e), 'held no longer'],
  'slot-released': e => ['dim', at(e), 'slot given back'],
  'hook-done': e => ['dim', around(e), `hook ${e.hook} ran ${e.when} ${e.of}, ${duration(e.tookMs)}`],
  'hook-failed': e => ['warn', around(e), `hook ${e.hook} ${e.when} ${e.of} failed, passed over: ${e.reason}`],
  mended: e => ['warn', e.cluster && e.node ? `${e.cluster}/${e.node}` : 'engine', `mended: ${e.what}`],
};

/** An event in words. */
export interface EventWords {
  readonly tone: EventTone;
  /** Whom it is about: `rollout`, `dev`, `dev wave 2`, `dev/web-1`. */
  readonly subject: string;
  /** What happened. */
  readonly text: string;
}

/** What an event says; its texts may quote hosts and APIs. */
export function eventWords(event: EventBody): EventWords {
  const say = SAYINGS[event.type] as (event: EventBody) => Saying;
  const [tone, subject, text] = say(event);
  return { tone, subject, text };
}
