import { conditionIs } from '../api/conditions.ts';
import { at, type Json, type Kube, listAt, textAt } from '../api/object.ts';
import { allowsNode, type Repulsion, repulsionOf } from './affinity.ts';
import { type Amounts, amountsOf, requestsOf } from './requests.ts';
import { hasTaint, tolerates, UNSCHEDULABLE } from './taints.ts';

/** kube-scheduler's words, as of 1.36. */
const UNTOLERATED = 'node(s) had untolerated taint(s)';

/** What a scheduler must know of a node; the pods on it by uid. */
interface Room {
  readonly name: string;
  labels: Readonly<Record<string, string>>;
  taints: readonly Json[];
  /** false: pods are said to be there, but there is no such Node. */
  known: boolean;
  /** Ready. */
  open: boolean;
  capacity: number;
  free: { cpuMillis: number; memoryBytes: number };
  allocatable: Amounts;
  readonly pods: Map<string, Kube>;
}

/** Which node has room for a pod; kept up to date change by change, so that placing rarely looks at many nodes. */
export class Rooms {
  readonly #rooms = new Map<string, Room>();
  /** Rooms by the number of their pods. */
  readonly #byCount: Set<Room>[] = [];
  /** Pods of an owner, by owner, then node. */
  readonly #owned = new Map<string, Map<string, number>>();
  /** What pods with anti-affinity keep away, by their uid. */
  readonly #repulsions = new Map<string, Repulsion>();

  /** Returns whether a pod that had no place may have one now. */
  nodeChanged(node: Kube): boolean {
    const { name, labels = {} } = node.metadata;
    const room = this.#room(name);
    const { open, taints, capacity, allocatable } = room;
    const relabelled = room.labels !== labels;
    room.known = true;
    room.labels = labels;
    room.taints = blockingTaints(node);
    room.open = conditionIs(node, 'Ready', 'True');
    room.capacity = Number(at(node, 'status', 'allocatable', 'pods') ?? 110);
    room.allocatable = amountsOf(at(node, 'status', 'allocatable'));
    room.free.cpuMillis += room.allocatable.cpuMillis - allocatable.cpuMillis;
    room.free.memoryBytes += room.allocatable.memoryBytes - allocatable.memoryBytes;
    const wider =
      room.capacity > capacity ||
      room.allocatable.cpuMillis > allocatable.cpuMillis ||
      room.allocatable.memoryBytes > allocatable.memoryBytes;
    return room.open && (!open || relabelled || room.taints.length < taints.length || wider);
  }

  nodeGone(name: string): void {
    const room = this.#rooms.get(name);
    if (room === undefined) return;
    room.known = false;
    room.open = false;
    this.#forgetEmpty(room);
  }

  /**
   * Either may be undefined: created, deleted. A pod that has ended takes no room. Returns the node that has more room
   * now, '' for none.
   */
  podChanged(before: Kube | undefined, after: Kube | undefined): string {
    const was = placeOf(before);
    const is = placeOf(after);
    if (was === is) {
      if (is !== '' && after !== undefined) this.#room(is).pods.set(after.metadata.uid ?? '', after);
      return '';
    }
    if (was !== '' && before !== undefined) this.#leave(this.#room(was), before);
    if (is !== '' && after !== undefined) this.#enter(this.#room(is), after);
    return was;
  }

  /** The node with room that has the fewest pods of the same owner, then the fewest of all; undefined: none has room. */
  best(pod: Kube): string | undefined {
    const owned = this.#owned.get(ownerOf(pod));
    const repulsion = repulsionOf(pod);
    let best: { name: string; same: number } | undefined;
    for (const rooms of this.#byCount) {
      for (const room of rooms ?? []) {
        const same = owned?.get(room.name) ?? 0;
        if (best !== undefined && same >= best.same) continue;
        if (this.#against(pod, room, repulsion) !== undefined) continue;
        if (same === 0) return room.name;
        best = { name: room.name, same };
      }
    }
    return best?.name;
  }

  /** Whether a pod could be placed on one node. */
  fits(pod: Kube, name: string): boolean {
    const room = this.#rooms.get(name);
    return room !== undefined && this.#against(pod, room, repulsionOf(pod)) === undefined;
  }

  /** Why a pod has no place, each reason with the number of its nodes, as kube-scheduler words them. */
  reasonsAgainst(pod: Kube): string {
    const repulsion = repulsionOf(pod);
    const counts = new Map<string, number>();
    const known = [...this.#rooms.values()].filter(room => room.known);
    for (const room of known) {
      const reason = this.#against(pod, room, repulsion);
      if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
    const parts = [...counts].map(([reason, count]) => `${count} ${reason}`);
    const nodes = `0/${known.length} nodes are available`;
    return parts.length === 0 ? `${nodes}.` : `${nodes}: ${parts.toSorted().join(', ')}.`;
  }

  #against(pod: Kube, room: Room, repulsion: Repulsion | undefined): string | undefined {
    if (!room.open) return UNTOLERATED;
    if (room.taints.length > 0 && !tolerates(pod, room.taints)) {
      const cordoned = room.taints.some(taint => taint['key'] === UNSCHEDULABLE);
      return cordoned ? 'node(s) were unschedulable' : UNTOLERATED;
    }
    if (!allowsNode(pod, room)) return "node(s) didn't match Pod's node affinity/selector";
    if (room.pods.size >= room.capacity) return 'Too many pods';
    const { cpuMillis, memoryBytes } = requestsOf(pod);
    if (cpuMillis > room.free.cpuMillis) return 'Insufficient cpu';
    if (memoryBytes > room.free.memoryBytes) return 'Insufficient memory';
    return this.#repelled(pod, room, repulsion) ? "node(s) didn't match pod anti-affinity rules" : undefined;
  }

  /** Anti-affinity holds both ways. */
  #repelled(pod: Kube, room: Room, repulsion: Repulsion | undefined): boolean {
    if (repulsion === undefined && this.#repulsions.size === 0) return false;
    for (const [uid, other] of room.pods) if (repulsion?.(other) || this.#repulsions.get(uid)?.(pod)) return true;
    return false;
  }

  #room(name: string): Room {
    const known = this.#rooms.get(name);
    if (known !== undefined) return known;
    const nothing = { cpuMillis: 0, memoryBytes: 0 };
    const state = {
      labels: {},
      taints: [],
      known: false,
      open: false,
      capacity: 0,
      free: { ...nothing },
      allocatable: nothing,
    };
    const room: Room = { name, ...state, pods: new Map() };
    this.#rooms.set(name, room);
    (this.#byCount[0] ??= new Set()).add(room);
    return room;
  }

  #enter(room: Room, pod: Kube): void {
    const { uid = '' } = pod.metadata;
    this.#resize(room, () => room.pods.set(uid, pod));
    const repulsion = repulsionOf(pod);
    if (repulsion !== undefined) this.#repulsions.set(uid, repulsion);
    this.#shift(room, pod, 1);
  }

  #leave(room: Room, pod: Kube): void {
    const { uid = '' } = pod.metadata;
    this.#resize(room, () => room.pods.delete(uid));
    this.#repulsions.delete(uid);
    this.#shift(room, pod, -1);
    this.#forgetEmpty(room);
  }

  /** Once no pod is there either. */
  #forgetEmpty(room: Room): void {
    if (room.known || room.pods.size > 0) return;
    this.#byCount[0]?.delete(room);
    this.#rooms.delete(room.name);
  }

  #resize(room: Room, change: () => void): void {
    this.#byCount[room.pods.size]?.delete(room);
    change();
    (this.#byCount[room.pods.size] ??= new Set()).add(room);
  }

  #shift(room: Room, pod: Kube, by: 1 | -1): void {
    const { cpuMillis, memoryBytes } = requestsOf(pod);
    room.free.cpuMillis -= by * cpuMillis;
    room.free.memoryBytes -= by * memoryBytes;
    const owner = ownerOf(pod);
    if (owner === '') return;
    const owned = this.#owned.get(owner) ?? new Map<string, number>();
    const count = (owned.get(room.name) ?? 0) + by;
    if (count === 0) owned.delete(room.name);
    else owned.set(room.name, count);
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

/** '' for a pod that is on no node, or has ended there. */
function placeOf(pod: Kube | undefined): string {
  const phase = textAt(pod, 'status', 'phase');
  return phase === 'Succeeded' || phase === 'Failed' ? '' : textAt(pod, 'spec', 'nodeName');
}

function ownerOf(pod: Kube): string {
  return pod.metadata.ownerReferences?.find(owner => owner.controller)?.uid ?? '';
}
