import type { Kube } from './object.ts';

/** A change of an object. `before` is undefined for ADDED. */
export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly rv: number;
  /** After the change; for DELETED its last state with the delete's resource version. */
  readonly object: Kube;
  readonly before: Kube | undefined;
}

/** The latest changes of one kind, for watches that come back. */
export interface History {
  push(event: StoreEvent): void;
  /** Changes after `rv`, oldest first; null when some of them are forgotten. */
  since(rv: number): readonly StoreEvent[] | null;
  /** Forgets everything up to `rv`. */
  forget(rv: number): void;
  /** Nothing at or before this resource version can be followed on from, but this one itself. */
  readonly oldest: number;
}

/** Keeps at least the last `size` changes; memory is given back in lumps, so pushing costs constant time. */
export function createHistory(size: number): History {
  let events: StoreEvent[] = [];
  let oldest = 0;
  return {
    get oldest() {
      return oldest;
    },
    push(event) {
      events.push(event);
      if (events.length <= size * 2) return;
      oldest = events[events.length - size - 1]?.rv ?? oldest;
      events = events.slice(-size);
    },
    since(rv) {
      if (rv < oldest) return null;
      return events.slice(firstAfter(events, rv));
    },
    forget(rv) {
      events = events.slice(firstAfter(events, rv));
      oldest = Math.max(oldest, rv);
    },
  };
}

function firstAfter(events: readonly StoreEvent[], rv: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.rv ?? 0) <= rv) low = middle + 1;
    else high = middle;
  }
  return low;
}
