import { approveCommand } from '../approval/text.ts';
import { type ApprovalPlace, placeText } from '../command.ts';
import type { RolloutEvent } from '../events.ts';
import { planClusters, planNodes } from '../plan.ts';
import { counted } from '../text.ts';
import type { Notice } from './notice.ts';
import { type About, noticeOf } from './place.ts';

type Of<T extends RolloutEvent['type']> = Extract<RolloutEvent, { type: T }>;

/** What an event alone is worth telling; null: nothing. What depends on what was before is in {@link Follow}. */
export function eventNotice(about: About, event: RolloutEvent): Notice | null {
  switch (event.type) {
    case 'rollout-started':
      return started(about, event);
    case 'approval-wanted':
      return approval(about, event);
    case 'step-failed':
      return failed(about, event);
    case 'rollout-paused':
    case 'rollout-stopping':
    case 'rollout-resumed':
    case 'rollout-aborting':
      return steered(about, event);
    default:
      return null;
  }
}

function started(about: About, event: Of<'rollout-started'>): Notice {
  const { plan } = about;
  const nodes = planNodes(plan).length;
  const clusters = planClusters(plan).map(({ name }) => name);
  const title = `rollout of ${counted(nodes, 'node')} started`;
  const what = `${counted(nodes, 'node')} in ${counted(clusters.length, 'cluster')} (${clusters.join(', ')}), in stages ${plan.stages.map(({ name }) => name).join(', ')}.`;
  return noticeOf(about, event, { event: 'started', severity: 'info', title, what });
}

function approval(about: About, event: Of<'approval-wanted'>): Notice {
  const place = placeText(event.place);
  return noticeOf(about, event, {
    event: 'approval',
    severity: 'warning',
    title: `${place} waits for approval`,
    what: `${place} does not begin before a person approves it.`,
    why: event.reason,
    todo: `${approveCommand(event.place)} --rollout ${about.id}`,
    ...whereOf(event.place),
  });
}

function failed(about: About, event: Of<'step-failed'>): Notice {
  const { cluster, node, step, failure } = event;
  const retry = `then: nodetide retry ${cluster}/${node} --rollout ${about.id}`;
  return noticeOf(about, event, {
    event: 'node-failed',
    severity: 'critical',
    title: `${cluster}/${node} failed at ${step}`,
    what: `${step} of ${cluster}/${node} failed: ${failure.message}`,
    why: failure.code,
    seen: failure.seen ?? '',
    state: failure.leftAs ?? '',
    todo: [failure.todo ?? '', retry].filter(Boolean).join(' '),
    cluster,
    node,
    step,
  });
}

const STEERED = {
  'rollout-paused': [
    'paused',
    'warning',
    'paused',
    'No further node is taken; those that are away go on to their end.',
  ],
  'rollout-stopping': [
    'paused',
    'warning',
    'stopping',
    'No further wave is opened; it is paused once the open ones are done.',
  ],
  'rollout-resumed': ['paused', 'info', 'resumed', 'It takes nodes again.'],
  'rollout-aborting': [
    'aborting',
    'critical',
    'aborting',
    'No further node is taken, and what can safely be cancelled is.',
  ],
} as const;

function steered(about: About, event: Of<keyof typeof STEERED>): Notice {
  const [kind, severity, word, what] = STEERED[event.type];
  const { by, why } = event;
  const title = `rollout ${word} by ${by}`;
  const todo = word === 'paused' || word === 'stopping' ? `to go on: nodetide resume --rollout ${about.id}` : '';
  return noticeOf(about, event, {
    event: kind,
    severity,
    weight: kind === 'paused' ? 'warning' : severity,
    title,
    what,
    why,
    by,
    todo,
  });
}

function whereOf(place: ApprovalPlace) {
  if (place.of === 'stage') return { stage: place.stage };
  return { cluster: place.cluster, ...('wave' in place ? { wave: place.wave } : {}) };
}
