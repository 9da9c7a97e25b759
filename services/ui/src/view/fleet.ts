import { counted } from '../../../../shared/domain/text.ts';
import type { ClusterOverview, Overview } from '../../../../shared/domain/view/overview.ts';
import type { WaitingItem } from '../../../../shared/domain/view/waiting.ts';
import { concerns, isOver, needsPerson } from './needs.ts';
import type { Tone } from './tone.ts';

/** What a cluster needs, the most pressing first. */
const NEEDS = ['person', 'blocked', 'away', 'rolling', 'due', 'unknown', 'well'] as const;
/** One of them. */
export type Need = (typeof NEEDS)[number];

/** How something stands, to be read from afar. */
export interface Condition {
  readonly need: Need;
  readonly tone: Tone;
  /** A few words. */
  readonly text: string;
  /** One line more; may be empty. */
  readonly more: string;
}

const TONES: Readonly<Record<Need, Tone>> = {
  person: 'bad',
  blocked: 'wait',
  away: 'busy',
  rolling: 'busy',
  due: 'quiet',
  unknown: 'quiet',
  well: 'good',
};

/** How a cluster stands. */
export function clusterCondition(cluster: ClusterOverview, waiting: readonly WaitingItem[]): Condition {
  const mine = waiting.filter(item => concerns(item, cluster));
  const persons = mine.filter(needsPerson);
  if (persons.length > 0) return condition('person', 'Waits for you', titles(persons));
  if (mine.length > 0) return condition('blocked', 'Held up', titles(mine));
  const { away, maxUnavailable, rollout, due } = cluster;
  if (away.length > 0) return condition('away', `${away.length} of ${maxUnavailable} away`, '');
  if (rollout !== null) return condition('rolling', 'Rollout under way', '');
  if (due === null) return condition('unknown', 'Not asked yet', 'Nobody has asked its hosts what is due.');
  if (due.updates > 0)
    return condition('due', `Updates for ${due.updates} of ${cluster.nodes}`, dueText({ ...due, updates: 0 }));
  const text = dueText(due);
  return text === '' ? condition('well', 'All is well', '') : condition('due', 'Something is due', text);
}

/** Clusters with how they stand, the most pressing first, else in their own order. */
export function byNeed({ clusters, waiting }: Overview): readonly (readonly [ClusterOverview, Condition])[] {
  return clusters
    .map(cluster => [cluster, clusterCondition(cluster, waiting)] as const)
    .sort(([, a], [, b]) => NEEDS.indexOf(a.need) - NEEDS.indexOf(b.need));
}

/** How the whole fleet stands: what one has to know from the other side of the room. */
export function fleetCondition({ clusters, waiting, rollouts }: Overview): Condition {
  const persons = waiting.filter(needsPerson);
  if (persons.length > 0) {
    const verb = persons.length === 1 ? 'waits' : 'wait';
    return condition('person', `${counted(persons.length, 'thing')} ${verb} for you`, titles(persons));
  }
  if (waiting.length > 0) return condition('blocked', `${counted(waiting.length, 'thing')} held up`, titles(waiting));
  const { away, updates, reboots, unreachable, unasked } = fleetTotals(clusters);
  if (away > 0) return condition('away', `${counted(away, 'node')} away, all goes well`, '');
  if (rollouts.some(rollout => !isOver(rollout))) return condition('rolling', 'A rollout is under way', '');
  if (clusters.length === 0) return condition('unknown', 'No cluster is known yet', '');
  const due = dueText({ updates, reboots, unreachable });
  const more = due === '' ? '' : `Due: ${due}`;
  if (unasked === clusters.length)
    return condition('unknown', 'Not asked yet', 'Nobody has asked the hosts what is due.');
  if (unasked > 0) return condition('unknown', `${counted(unasked, 'cluster')} not asked what is due`, more);
  if (unreachable > 0) return condition('due', 'Not all hosts answered', more);
  return condition(due === '' ? 'well' : 'due', 'All is well', more);
}

/** Sums over clusters; `unasked`: clusters whose hosts nobody has asked. */
export function fleetTotals(clusters: readonly ClusterOverview[]) {
  const sum = (of: (cluster: ClusterOverview) => number) => clusters.reduce((total, each) => total + of(each), 0);
  return {
    nodes: sum(({ nodes }) => nodes),
    away: sum(({ away }) => away.length),
    updates: sum(({ due }) => due?.updates ?? 0),
    reboots: sum(({ due }) => due?.reboots ?? 0),
    unreachable: sum(({ due }) => due?.unreachable ?? 0),
    unasked: sum(({ due }) => (due === null ? 1 : 0)),
  };
}

/** What is due in numbers; empty: nothing. */
export function dueText(due: Pick<NonNullable<ClusterOverview['due']>, 'updates' | 'reboots' | 'unreachable'>): string {
  return [
    due.updates > 0 ? `${counted(due.updates, 'host')} with updates` : '',
    due.reboots > 0 ? `${counted(due.reboots, 'reboot')} due` : '',
    due.unreachable > 0 ? `${counted(due.unreachable, 'host')} did not answer` : '',
  ]
    .filter(text => text !== '')
    .join(', ');
}

function condition(need: Need, text: string, more: string): Condition {
  return { need, tone: TONES[need], text, more };
}

function titles(items: readonly WaitingItem[]): string {
  const [first, ...others] = items;
  if (!first) return '';
  return others.length === 0 ? first.title : `${first.title}, and ${others.length} more`;
}
