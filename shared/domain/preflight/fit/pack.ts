import type { ApartIndex } from './apart.ts';
import type { FitPod, FitWorld } from './fit-world.ts';
import { addTo, firstShort, type Vector } from './vector.ts';

/** A pod for which no place was found, and whether it would have had none even first. */
export interface Unplaced {
  readonly fitPod: FitPod;
  readonly alone: boolean;
}

/**
 * Looks for places for the pods of the nodes `away`, as pods are spread now: the choosiest first, then the largest, each
 * to the node with most free CPU that takes it. A pod it leaves over may still fit in some other order, unless `alone`.
 */
export function placeElsewhere(
  fit: FitWorld,
  apart: ApartIndex,
  away: readonly number[],
  passedOver: ReadonlySet<FitPod>,
): Unplaced[] {
  const placed: { fitPod: FitPod; node: number }[] = [];
  const rooms = new Map<number, Vector>();
  const moving = away.flatMap(node => fit.pods[node] ?? []).filter(each => each.moves && !passedOver.has(each));
  const unplaced: Unplaced[] = [];
  for (const fitPod of moving.sort(inOrder)) {
    const isBarred = apart.barrierFor(fitPod, away);
    const takes = (node: number, room: Vector | undefined) =>
      !away.includes(node) && room !== undefined && firstShort(fitPod.wish, room) === -1 && !isBarred(node);
    const clashes = (node: number) => placed.some(each => apart.areApart(fitPod, node, each.fitPod, each.node));
    const place = fitPod.eligible.nodes.find(node => takes(node, rooms.get(node) ?? fit.free[node]) && !clashes(node));
    if (place === undefined) {
      unplaced.push({ fitPod, alone: !fitPod.eligible.nodes.some(node => takes(node, fit.free[node])) });
      continue;
    }
    const room = rooms.get(place) ?? Float64Array.from(fit.free[place] ?? []);
    addTo(room, fitPod.wish, -1);
    rooms.set(place, room);
    placed.push({ fitPod, node: place });
  }
  return unplaced;
}

function inOrder(a: FitPod, b: FitPod): number {
  return (
    a.eligible.nodes.length - b.eligible.nodes.length ||
    (b.wish[0] ?? 0) - (a.wish[0] ?? 0) ||
    (b.wish[1] ?? 0) - (a.wish[1] ?? 0)
  );
}
