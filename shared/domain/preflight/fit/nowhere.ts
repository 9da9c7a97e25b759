import type { Gathered } from '../gather.ts';
import { podName } from '../world.ts';
import { isBoundByName, unfitOf } from './eligible.ts';
import type { FitPod, FitWorld } from './fit-world.ts';
import { amountText, firstShort } from './vector.ts';

/** The pods of a node that no other node could take while the wave runs, wherever pods have gone until then. */
export function runNowhereElse(fit: FitWorld, wave: number, node: number): FitPod[] {
  const rooms = fit.roomAtMost(wave);
  return (fit.pods[node] ?? []).filter(({ moves, wish, eligible, home }) => {
    if (!moves) return false;
    return !eligible.nodes.some(other => other !== home && firstShort(wish, rooms[other] ?? wish) === -1);
  });
}

/** What there is to say about such a pod. */
export function nowhereFinding(fit: FitWorld, wave: number, fitPod: FitPod): Gathered {
  const { pod, home, eligible } = fitPod;
  const at = { node: fit.nodes[home]?.name ?? '', pod: podName(pod) };
  if (isBoundByName(eligible.restriction)) {
    const message = 'pods are bound to their node by name or by a local volume: they are down while it is away';
    return { code: 'boundToNode', message, ...at };
  }
  if (fit.nodes.length === 1) {
    return { code: 'boundToNode', message: 'the cluster has no other node: pods are down while it is away', ...at };
  }
  const why = obstacles(fit, wave, fitPod).join(', ');
  return { code: 'doesNotFit', message: `no other node can take pods while theirs is away: ${why}`, ...at };
}

/** Why each of the other nodes cannot take it, counted. */
function obstacles(fit: FitWorld, wave: number, { home, wish, eligible }: FitPod): string[] {
  const rooms = fit.roomAtMost(wave);
  const counts = { labels: 0, taint: 0, closed: 0 };
  const small = new Map<number, { count: number; most: number }>();
  for (const [index, node] of fit.nodes.entries()) {
    if (index === home) continue;
    const unfit = unfitOf(eligible.restriction, node);
    const room = rooms[index] ?? wish;
    const short = firstShort(wish, room);
    if (unfit !== null) counts[unfit] += 1;
    else if (short !== -1) {
      const { count, most } = small.get(short) ?? { count: 0, most: 0 };
      small.set(short, { count: count + 1, most: Math.max(most, room[short] ?? 0) });
    }
  }
  const sizes = [...small].map(([at, { count, most }]) => {
    const name = fit.dimensions.names[at] ?? '';
    return `${count} without room (${amountText(wish[at] ?? 0, name)} requested, at most ${amountText(most, name)} can be free there)`;
  });
  return [
    ...(counts.labels > 0 ? [`${counts.labels} without the labels asked for`] : []),
    ...(counts.taint > 0 ? [`${counts.taint} with a taint not tolerated`] : []),
    ...(counts.closed > 0 ? [`${counts.closed} not Ready or cordoned`] : []),
    ...sizes,
  ];
}
