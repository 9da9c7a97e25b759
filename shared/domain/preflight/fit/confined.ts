import type { Discovery } from '../finding.ts';
import { podName } from '../world.ts';
import type { Bits } from './bits.ts';
import type { FitPod, FitWorld } from './fit-world.ts';
import { addRoom, addTo, amountText, type Vector } from './vector.ts';

/** Pods that may run on one and the same set of nodes, and where they are now. */
interface Confined {
  readonly bits: Bits;
  readonly nodes: readonly number[];
  readonly pods: FitPod[];
}

/** A set of nodes, what must find room there while a wave runs, and the room there is. */
interface Balance {
  readonly set: Confined;
  readonly asked: Vector;
  readonly room: Vector;
  /** Pods within the set now, by node, and those that a drain would bring. */
  readonly hosts: ReadonlyMap<number, readonly FitPod[]>;
}

/**
 * Nodes whose absence leaves less room than the pods request that can run only where they run: true wherever pods have
 * gone by then, since pods may only move within their sets of nodes. `passedOver`: pods told of already.
 */
export function tooLittleRoom(
  fit: FitWorld,
  wave: number,
  nodes: readonly number[],
  passedOver: ReadonlySet<FitPod>,
): Discovery[] {
  const balances = balancesOf(fit, wave, passedOver);
  const worst = new Map<Balance, { names: string[]; pods: Set<FitPod>; short: string }>();
  for (const node of nodes) {
    for (const balance of balances) {
      const short = shortWithout(fit, wave, balance, node);
      if (short === null) continue;
      const entry = worst.get(balance) ?? { names: [], pods: new Set(), short };
      worst.set(balance, entry);
      entry.names.push(fit.nodes[node]?.name ?? '');
      for (const pod of balance.hosts.get(node) ?? []) entry.pods.add(pod);
      // The smallest set says most; the larger ones are short for the same reason.
      break;
    }
  }
  return [...worst].map(([{ set }, { names, pods, short }]) => {
    const count = set.nodes.length;
    const message = `the pods that can run only on ${count === 1 ? 'this node' : `these ${count} nodes`} request ${short}`;
    return { code: 'tooLittleRoom', message, nodes: names, pods: [...pods].map(({ pod }) => podName(pod)).sort() };
  });
}

/** Smallest sets first. */
function balancesOf(fit: FitWorld, wave: number, passedOver: ReadonlySet<FitPod>): Balance[] {
  const sets = new Map<string, Confined>();
  for (const [node, pods] of fit.pods.entries()) {
    if (!fit.isEmptiedBy(wave, node)) continue;
    for (const pod of pods) {
      if (!pod.moves || passedOver.has(pod)) continue;
      const { bits, nodes, key } = pod.eligible;
      const set = sets.get(key) ?? { bits, nodes, pods: [] };
      sets.set(key, set);
      set.pods.push(pod);
    }
  }
  const ordered = [...sets.values()].sort((a, b) => a.nodes.length - b.nodes.length);
  const rooms = fit.roomAtMost(wave);
  return ordered.map(set => {
    const [asked, room] = [fit.dimensions.zero(), fit.dimensions.zero()];
    for (const node of set.nodes) addRoom(room, rooms[node] ?? asked);
    const hosts = new Map<number, FitPod[]>();
    for (const inner of ordered) {
      if (inner.nodes.length > set.nodes.length || !inner.bits.isWithin(set.bits)) continue;
      for (const pod of inner.pods) {
        // One that runs outside of its set may stay there until its own node is drained.
        if (set.bits.has(pod.home)) addTo(asked, pod.wish);
        const here = hosts.get(pod.home);
        if (here) here.push(pod);
        else hosts.set(pod.home, [pod]);
      }
    }
    return { set, asked, room, hosts };
  });
}

/** What is requested, and what is left without the node, of the first kind there is too little of; null: enough of all. */
function shortWithout(fit: FitWorld, wave: number, { set, asked, room, hosts }: Balance, node: number): string | null {
  const here = hosts.get(node);
  if (!here) return null;
  const left = Float64Array.from(room);
  const wanted = Float64Array.from(asked);
  if (set.bits.has(node)) addRoom(left, fit.roomAtMost(wave)[node] ?? left, -1);
  else for (const pod of here) addTo(wanted, pod.wish);
  const at = wanted.findIndex((amount, position) => amount > 0 && amount > (left[position] ?? 0));
  if (at === -1) return null;
  const name = fit.dimensions.names[at] ?? '';
  return `${amountText(wanted[at] ?? 0, name)}, and without it ${amountText(left[at] ?? 0, name)} is left for them`;
}
