import { conditionIs } from '../api/conditions.ts';
import { at, type Json, type Kube, listAt, textAt } from '../api/object.ts';
import { hasTaint, tolerates, UNSCHEDULABLE } from './taints.ts';

/** What a scheduler must know of a node, read from its object once a change. */
interface Room {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Json[];
  /** Ready. */
  readonly open: boolean;
  readonly capacity: number;
}

/** Which node has room for a pod; kept up to date change by change, so that placing costs one pass over the nodes. */
export class Rooms {
  readonly #rooms = new Map<string, Room>();
  /** Pods on a node. */
  readonly #counts = new Map<string, number>();
  /** Pods of an owner, by owner, then node. */
  readonly #owned = new Map<string, Map<string, number>>();

  /** How many nodes there are. */
  get size(): number {
    return this.#rooms.size;
  }

  /** Returns whether a pod that had no place may have one now. */
  nodeChanged(node: Kube): boolean {
    const { name, labels = {} } = node.metadata;
    const before = this.#rooms.get(name);
    const room: Room = {
      name,
      labels,
      taints: blockingTaints(node),
      open: conditionIs(node, 'Ready', 'True'),
      capacity: Number(at(node, 'status', 'allocatable', 'pods') ?? 110),
    };
    this.#rooms.set(name, room);
    if (!room.open) return false;
    return (
      !before?.open ||
      before.labels !== labels ||
      room.taints.length < before.taints.length ||
      room.capacity > before.capacity
    );
  }

  nodeGone(name: string): void {
    this.#rooms.delete(name);
  }

  /** Either may be undefined: created, deleted. */
  podChanged(before: Kube | undefined, after: Kube | undefined): void {
    const was = textAt(before, 'spec', 'nodeName');
    const is = textAt(after, 'spec', 'nodeName');
    if (was === is) return;
    if (was !== '') this.#shift(ownerOf(before), was, -1);
    if (is !== '') this.#shift(ownerOf(after), is, 1);
  }

  /** The node with room that has the fewest pods of the same owner, then the fewest of all; undefined: none has room. */
  best(pod: Kube): string | undefined {
    const owned = this.#owned.get(ownerOf(pod));
    const selector = Object.entries((at(pod, 'spec', 'nodeSelector') ?? {}) as Record<string, string>);
    let best: { name: string; same: number; all: number } | undefined;
    for (const room of this.#rooms.values()) {
      const all = this.#counts.get(room.name) ?? 0;
      if (!room.open || all >= room.capacity) continue;
      const same = owned?.get(room.name) ?? 0;
      if (best !== undefined && (same > best.same || (same === best.same && all >= best.all))) continue;
      if (selector.some(([key, value]) => room.labels[key] !== value)) continue;
      if (room.taints.length === 0 || tolerates(pod, room.taints)) best = { name: room.name, same, all };
    }
    return best?.name;
  }

  #shift(owner: string, node: string, by: number): void {
    add(this.#counts, node, by);
    if (owner === '') return;
    const owned = this.#owned.get(owner) ?? new Map<string, number>();
    add(owned, node, by);
    if (owned.size === 0) this.#owned.delete(owner);
    else this.#owned.set(owner, owned);
  }
}

/** A cordon keeps pods away from the first moment, before its taint is there; who tolerates the taint may come. */
function blockingTaints(node: Kube): readonly Json[] {
  const taints = listAt(node, 'spec', 'taints').filter(taint => taint['effect'] !== 'PreferNoSchedule');
  const cordoned = at(node, 'spec', 'unschedulable') === true && !hasTaint(node, UNSCHEDULABLE);
  return cordoned ? [...taints, { key: UNSCHEDULABLE, effect: 'NoSchedule' }] : taints;
}

function add(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

function ownerOf(pod: Kube | undefined): string {
  return pod?.metadata.ownerReferences?.find(owner => owner.controller)?.uid ?? '';
}
