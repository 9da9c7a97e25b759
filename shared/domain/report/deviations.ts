import { type ApprovalPlace, placeText } from '../command.ts';
import { escalationText } from '../drain/escalation.ts';
import type { EventBody, EventType, RolloutEvent } from '../events.ts';
import type { Failure } from '../failure.ts';
import { hookWarning } from '../hooks/warning.ts';
import { nodeKey } from '../names.ts';
import type { RebootProof } from '../proof.ts';
import { counted } from '../text.ts';
import type { Deviation, RolloutReport } from './report.ts';

type Of<T extends EventType> = Extract<EventBody, { type: T }>;
type Told = Pick<Deviation, 'kind' | 'place' | 'text'> & Partial<Pick<Deviation, 'by' | 'why'>>;

/** What did not go as planned, and what people did, in order. */
export function deviationsOf(events: Iterable<RolloutEvent>): Deviation[] {
  const found: Deviation[] = [];
  const skipsAsked = new Set<string>();
  for (const event of events) {
    if (event.type === 'node-skip-asked') skipsAsked.add(keyOf(event));
    // Told already, with who asked for it and why.
    if (event.type === 'node-skipped' && skipsAsked.delete(keyOf(event))) continue;
    const tell = TELLING[event.type] as ((event: EventBody) => Told | null) | undefined;
    const told = tell?.(event) ?? null;
    if (told) found.push({ atMs: event.atMs, by: '', why: '', ...told });
  }
  return found;
}

/** What is said where nothing of the kind happened. */
export function noDeviations({ outcome }: Pick<RolloutReport, 'outcome'>): string {
  return outcome === null ? 'None so far.' : 'None: everything went as planned, and nobody stepped in.';
}

const TELLING: { readonly [T in EventType]?: (event: Of<T>) => Told | null } = {
  'rollout-paused': ({ by, why }) => ({ kind: 'pause', place: '', by, why, text: 'paused' }),
  'rollout-stopping': ({ by, why }) => ({
    kind: 'stop',
    place: '',
    by,
    why,
    text: 'told to stop once the open waves are done',
  }),
  'rollout-resumed': ({ by, why }) => ({ kind: 'resume', place: '', by, why, text: 'went on' }),
  'rollout-aborting': ({ by, why }) => ({ kind: 'abort', place: '', by, why, text: 'aborted' }),
  'concurrency-changed': ({ cluster, wave, concurrency, by, why }) => ({
    kind: 'concurrency',
    place: placeText({ of: 'wave', cluster, wave }),
    by,
    why,
    text: `at most ${counted(concurrency, 'node')} at once from then on`,
  }),
  'failure-budget-changed': ({ place, budget, by, why }) => ({
    kind: 'budget',
    place: place.of === 'rollout' ? '' : placeText(place),
    by,
    why,
    text: `bore ${counted(budget, 'failure')} from then on`,
  }),
  approved: ({ place, by, why }) => approval(place, 'approved', by, why),
  'approval-revoked': ({ place, by, why }) => approval(place, 'the approval was taken back', by, why),
  'approval-expired': ({ place }) => approval(place, 'the approval expired before anything began by it', '', ''),
  'node-claimed': event =>
    event.adopted ? ofNode(event, 'mended', 'taken over: it carried the mark of this rollout already') : null,
  'drain-escalated': event => ofNode(event, 'warning', `${event.step}: ${escalationText(event)}`),
  'step-done': event => {
    const byOthers = event.step === 'reboot' && (event.proof as Partial<RebootProof> | null)?.byOthers === true;
    return byOthers ? ofNode(event, 'warning', 'somebody else had rebooted it') : null;
  },
  'attempt-failed': event =>
    ofNode(event, 'failure', `attempt ${event.attempt} of ${event.step} failed: ${said(event.failure)}`),
  'step-failed': event => ofNode(event, 'failure', `${event.step} failed: ${said(event.failure)}`),
  'node-retried': event => ofNode(event, 'retry', 'tried again', event),
  'node-skip-asked': event => ofNode(event, 'skip', 'given up as it was', event),
  'node-redo-asked': event => ofNode(event, 'redo', 'done anew, from drain on', event),
  'node-repaired': event => ofNode(event, 'repaired', 'taken for repaired: only verified and uncordoned', event),
  'node-skipped': event => ofNode(event, 'skip', `left alone: ${event.reason}`),
  'node-excluded': event => excluded(event),
  'node-held': event => ofNode(event, 'held', `waited for a person before it began: ${event.reason}`),
  'hook-failed': event => ({ kind: 'hook', place: hookPlace(event), text: hookWarning(event) }),
  mended: ({ cluster, node, what }) => ({
    kind: 'mended',
    place: cluster && node ? nodeKey(cluster, node) : (cluster ?? ''),
    text: what,
  }),
};

interface OfNode {
  readonly cluster: string;
  readonly node: string;
}

function keyOf({ cluster, node }: OfNode): string {
  return nodeKey(cluster, node);
}

function ofNode(
  of: OfNode,
  kind: Deviation['kind'],
  text: string,
  { by, why }: { readonly by: string; readonly why: string } = { by: '', why: '' },
): Told {
  return { kind, place: keyOf(of), by, why, text };
}

function approval(place: ApprovalPlace, text: string, by: string, why: string): Told {
  return { kind: 'approval', place: placeText(place), by, why, text };
}

/** Who excluded a node by hand is in the reason alone; names may hold colons, such as those a proxy gives. */
function excluded(event: Of<'node-excluded'>): Told {
  const [, by = '', why = ''] = /^excluded by (.+?)(?:: (.*))?$/s.exec(event.reason) ?? [];
  return ofNode(event, 'exclude', by === '' ? `left out: ${event.reason}` : 'left out before it began', { by, why });
}

function said({ message, code }: Failure): string {
  return `${message} (${code})`;
}

function hookPlace({ cluster, node, wave }: Of<'hook-failed'>): string {
  if (node !== undefined) return nodeKey(cluster, node);
  return wave === undefined ? cluster : placeText({ of: 'wave', cluster, wave });
}
