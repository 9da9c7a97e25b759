import type { WaitingItem } from '../../../../shared/domain/view/waiting.ts';
import { nodePath, rolloutPath } from '../lib/paths.ts';
import { needsPerson } from './needs.ts';
import type { Tone } from './tone.ts';

/** What waits, by whom it waits for; each in the order in which it was told, the oldest first. */
export function grouped(items: readonly WaitingItem[]) {
  return { person: items.filter(needsPerson), world: items.filter(item => !needsPerson(item)) };
}

const KINDS: Readonly<Record<WaitingItem['kind'], readonly [word: string, tone: Tone]>> = {
  approval: ['approval', 'wait'],
  failed: ['failed', 'bad'],
  held: ['held back', 'wait'],
  paused: ['paused', 'wait'],
  'blocked-step': ['step blocked', 'quiet'],
  blocked: ['no further node', 'quiet'],
};

/** A word for what kind of waiting it is, and its tone. */
export function kindOf({ kind }: WaitingItem): readonly [word: string, tone: Tone] {
  return KINDS[kind];
}

/** One name for the same thing that waits, within all that wait. */
export function keyOf(item: WaitingItem): string {
  const { rollout, kind } = item;
  const place = 'place' in item ? JSON.stringify(item.place) : '';
  const node = 'node' in item ? `${item.cluster}/${item.node}` : '';
  const wave = 'wave' in item ? `${item.cluster}/${item.wave}` : '';
  return [rollout, kind, place, node, wave].join(' ');
}

/** Where more is to be seen of it: the node's page, or the rollout's. */
export function placeOf(item: WaitingItem): { readonly path: string; readonly name: string } {
  if (!('node' in item)) return { path: rolloutPath(item.rollout), name: item.rollout };
  const { cluster, node } = item;
  return { path: nodePath(item.rollout, cluster, node), name: `${cluster}/${node}` };
}
