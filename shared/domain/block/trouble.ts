import type { PodView } from '../facts.ts';
import { clip } from '../text.ts';
import { type AwayNode, MOST_SHORT, MOST_TEXT, type TroubleKind, type Unhealthy } from './block.ts';
import { readContainer } from './containers.ts';
import { readScheduling } from './scheduling.ts';

/** Kubelets need a moment after the grace period; what takes longer does not end by itself. */
const STUCK_AFTER_MS = 60_000;

/** From what needs a person most to what passes by itself. */
const WORST_FIRST: readonly TroubleKind[] = [
  ...(['no-room', 'spread', 'volume', 'selector', 'taints', 'not-placed'] as const),
  ...(['crash-loop', 'image-pull', 'container', 'node-away', 'stuck'] as const),
  ...(['not-ready', 'starting', 'terminating', 'finished'] as const),
];

/** Whether troubles of this kind pass without anybody's doing. */
export function passes(kind: TroubleKind): boolean {
  return kind === 'starting' || kind === 'terminating' || kind === 'not-ready';
}

/** Whether the pod has no node because none suits it. */
export function isUnplaced(kind: TroubleKind): boolean {
  return WORST_FIRST.indexOf(kind) <= WORST_FIRST.indexOf('not-placed');
}

/** Sorts the worst first; among equals by name. */
export function byWorst(a: Unhealthy, b: Unhealthy): number {
  return WORST_FIRST.indexOf(a.kind) - WORST_FIRST.indexOf(b.kind) || (a.pod < b.pod ? -1 : a.pod > b.pod ? 1 : 0);
}

/** Whether a budget counts the pod as healthy. */
export function isHealthy(pod: PodView): boolean {
  return pod.ready && pod.deletionMs === null;
}

/** Why a pod that is not {@link isHealthy} is not. `away`: its node, where that is away. */
export function troubleOf(pod: PodView, away: AwayNode | null, nowMs: number): Unhealthy {
  const found = pod.deletionMs === null ? living(pod, away) : terminating(pod, pod.deletionMs, away, nowMs);
  const { kind, text, short } = found;
  return {
    pod: `${pod.namespace}/${pod.name}`,
    node: pod.nodeName,
    away,
    kind,
    text: clip(text, MOST_TEXT),
    short: clip(short, MOST_SHORT),
  };
}

type Found = Pick<Unhealthy, 'kind' | 'text' | 'short'>;

function living(pod: PodView, away: AwayNode | null): Found {
  const { phase, nodeName } = pod;
  const trouble = clip(pod.trouble, MOST_TEXT);
  if (phase === 'Succeeded' || phase === 'Failed') return same('finished', [phase, trouble].filter(Boolean).join(': '));
  if (nodeName === '') {
    if (trouble === '') return same('starting', 'Pending: waits for the scheduler');
    const { kind, text, short } = readScheduling(trouble);
    return { kind, text: `Pending: ${text}`, short: `Pending: ${short}` };
  }
  // What a kubelet said before it fell silent is no news.
  if (away?.down) return onDownNode('', away);
  if (trouble !== '') return { text: trouble, ...readContainer(trouble) };
  if (phase === 'Pending') return same('starting', `starting on ${nodeName}`);
  return same('not-ready', `runs on ${nodeName}, not ready yet`);
}

function terminating(pod: PodView, deletionMs: number, away: AwayNode | null, nowMs: number): Found {
  const overMs = nowMs - deletionMs;
  const seconds = Math.abs(Math.round(overMs / 1000));
  const when = overMs < 0 ? `its grace period ends in ${seconds} s` : `its grace period ended ${seconds} s ago`;
  const held = pod.finalizers.length > 0 ? `, held by finalizer ${pod.finalizers.join(', ')}` : '';
  const text = `terminating, ${when}${held}`;
  if (away?.down) return onDownNode(`${text}, `, away);
  const kind = overMs < STUCK_AFTER_MS ? 'terminating' : 'stuck';
  return { kind, text, short: kind === 'stuck' ? `terminating and does not end${held}` : 'terminating' };
}

function onDownNode(before: string, { node, text, short }: AwayNode): Found {
  return { kind: 'node-away', text: `${before}on ${node}, ${text}`, short: `on ${node}, ${short}` };
}

function same(kind: TroubleKind, text: string): Found {
  return { kind, text, short: text };
}
