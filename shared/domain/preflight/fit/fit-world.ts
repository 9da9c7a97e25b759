import type { NodeView, PodView } from '../../facts.ts';
import { type JudgedPod, type PreflightWorld, staysUp } from '../world.ts';
import { Bits } from './bits.ts';
import { type Restriction, restrictionKey, restrictionOf, unfitOf } from './eligible.ts';
import { addTo, Dimensions, type Vector } from './vector.ts';

/** The nodes some pods may run on as the nodes are now, whatever room these have. */
export interface Eligible {
  readonly restriction: Restriction;
  readonly bits: Bits;
  /** Those with most free CPU first. */
  readonly nodes: readonly number[];
  /** Equal for equal sets of nodes. */
  readonly key: string;
}

/** A pod that takes up room. */
export interface FitPod {
  readonly pod: PodView;
  /** Position of its node. */
  readonly home: number;
  readonly wish: Vector;
  readonly eligible: Eligible;
  /** A drain evicts it, its controller makes it anew, and it needs a place elsewhere. */
  readonly moves: boolean;
  /** A drain evicts it, and nothing makes it anew. */
  readonly leaves: boolean;
}

/** The wave of nodes that are never drained. */
const NEVER = Number.POSITIVE_INFINITY;

/** Nodes and pods by position, with the room the ones have and the others take. */
export class FitWorld {
  readonly dimensions: Dimensions;
  readonly nodes: readonly NodeView[];
  /** By node. */
  readonly pods: readonly (readonly FitPod[])[];
  /** Room that is free now, by node; below zero where more is requested than there is. */
  readonly free: readonly Vector[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly #waves: readonly number[];
  readonly #eligible = new Map<string, Eligible>();
  readonly #rooms = new Map<number, readonly Vector[]>();

  constructor(world: PreflightWorld) {
    const { nodes, pods, claims } = world.facts;
    const extended = [
      ...nodes.flatMap(node => Object.keys(node.room.allocatable.others)),
      ...pods.flatMap(pod => Object.keys(pod.placement.requests.others)),
    ];
    this.dimensions = new Dimensions(new Set(extended));
    this.nodes = nodes;
    this.indexOf = new Map(nodes.map((node, index) => [node.name, index]));
    this.#waves = nodes.map(node => world.drained.get(node.name)?.wave ?? NEVER);
    const staying = nodes.map(node => judgedPods(world, node.name).filter(({ pod }) => staysUp(pod)));
    this.free = nodes.map((node, index) => {
      const room = this.dimensions.ofRoom(node.room);
      for (const { pod } of staying[index] ?? []) addTo(room, this.dimensions.ofPod(pod.placement.requests), -1);
      return room;
    });
    this.pods = staying.map((judged, home) =>
      judged.map(({ pod, verdict }) => {
        const evicted = verdict?.kind === 'evict';
        const remade = evicted && pod.controller !== null && !verdict.concerns.includes('daemonset-gone');
        return {
          pod,
          home,
          wish: this.dimensions.ofPod(pod.placement.requests),
          eligible: this.#eligibleFor(restrictionOf(pod, claims)),
          // One that tolerates the cordon may come back to where it was.
          moves: remade && !pod.toleratesCordon,
          leaves: evicted && !remade,
        };
      }),
    );
  }

  /** Whether the node has been emptied by the time the wave is over, as far as a drain empties it. */
  isEmptiedBy(wave: number, node: number): boolean {
    return (this.#waves[node] ?? NEVER) <= wave;
  }

  /**
   * The most room each node can have while the wave runs, wherever pods have gone until then: nodes of this wave and of
   * those before hold only what drains leave, all others what they hold now.
   */
  roomAtMost(wave: number): readonly Vector[] {
    const known = this.#rooms.get(wave);
    if (known) return known;
    const rooms = this.nodes.map((node, index) => {
      if (!this.isEmptiedBy(wave, index)) return this.free[index] ?? this.dimensions.zero();
      const room = this.dimensions.ofRoom(node.room);
      const held = this.dimensions.zero();
      for (const { wish, moves, leaves } of this.pods[index] ?? []) {
        if (moves) addTo(held, wish);
        else if (!leaves) addTo(room, wish, -1);
      }
      // A node may hold more than it has now: what runs there can stay until its own drain.
      return room.map((amount, at) => Math.max(amount, held[at] ?? 0));
    });
    this.#rooms.set(wave, rooms);
    return rooms;
  }

  #eligibleFor(restriction: Restriction): Eligible {
    const key = restrictionKey(restriction);
    const known = this.#eligible.get(key);
    if (known) return known;
    const bits = new Bits(this.nodes.length);
    for (const [index, node] of this.nodes.entries()) if (unfitOf(restriction, node) === null) bits.add(index);
    const freeCpu = (node: number) => this.free[node]?.[0] ?? 0;
    const nodes = bits.values().sort((a, b) => freeCpu(b) - freeCpu(a) || a - b);
    const made = { restriction, bits, nodes, key: bits.key() };
    this.#eligible.set(key, made);
    return made;
  }
}

function judgedPods({ drained, podsOf }: PreflightWorld, node: string): readonly JudgedPod[] {
  return drained.get(node)?.pods ?? (podsOf.get(node) ?? []).map(pod => ({ pod, verdict: null }));
}
