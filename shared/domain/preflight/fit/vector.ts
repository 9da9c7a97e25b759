import type { NodeRoom, Resources } from '../../placement.ts';

/** Amounts of all kinds of room side by side: CPU, memory, disk, number of pods, then extended resources. */
export type Vector = Float64Array;

/** Which kind of room stands where in a {@link Vector}. */
export class Dimensions {
  readonly names: readonly string[];

  /** `extended`: names of extended resources that anybody has or asks for. */
  constructor(extended: Iterable<string>) {
    this.names = ['cpu', 'memory', 'ephemeral-storage', 'pods', ...new Set(extended)];
  }

  /** What a pod takes. */
  ofPod(requests: Resources): Vector {
    return this.#vector(requests, 1);
  }

  /** What a node offers. */
  ofRoom({ allocatable, pods }: NodeRoom): Vector {
    return this.#vector(allocatable, pods);
  }

  zero(): Vector {
    return new Float64Array(this.names.length);
  }

  #vector({ cpuMilli, memoryBytes, ephemeralStorageBytes, others }: Resources, pods: number): Vector {
    const vector = this.zero();
    vector.set([cpuMilli, memoryBytes, ephemeralStorageBytes, pods]);
    for (let at = 4; at < vector.length; at++) vector[at] = others[this.names[at] ?? ''] ?? 0;
    return vector;
  }
}

/** The first kind of room that is too small for `wish`, as its position; -1: all fit. What is not asked for always fits. */
export function firstShort(wish: Vector, room: Vector): number {
  for (let at = 0; at < wish.length; at++) {
    const asked = wish[at] ?? 0;
    if (asked > 0 && asked > (room[at] ?? 0)) return at;
  }
  return -1;
}

/** Adds `by` times `other` to `vector`. */
export function addTo(vector: Vector, other: Vector, by = 1): void {
  for (let at = 0; at < vector.length; at++) vector[at] = (vector[at] ?? 0) + by * (other[at] ?? 0);
}

/** Adds what is above zero: room that is overdrawn on one node is no debt of another. */
export function addRoom(vector: Vector, other: Vector, by = 1): void {
  for (let at = 0; at < vector.length; at++) vector[at] = (vector[at] ?? 0) + by * Math.max(0, other[at] ?? 0);
}

/** An amount of one kind of room, for people: `1.5 CPU`, `12 GiB memory`. */
export function amountText(amount: number, name: string): string {
  if (name === 'cpu') return `${round(amount / 1000)} CPU`;
  if (name === 'memory') return `${bytes(amount)} memory`;
  if (name === 'ephemeral-storage') return `${bytes(amount)} disk`;
  return name === 'pods' ? `${amount} pod${amount === 1 ? '' : 's'}` : `${round(amount)} ${name}`;
}

function bytes(amount: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = amount;
  let at = 0;
  for (; value >= 1024 && at < units.length - 1; at++) value /= 1024;
  return `${round(value)} ${units[at]}`;
}

function round(value: number): string {
  return String(Number(value.toFixed(value < 10 ? 2 : 1)));
}
