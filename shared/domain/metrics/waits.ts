import type { WaitKind } from './wait-reason.ts';

/** Something that waits, and since when for each of its reasons. JSON-safe. */
export interface OpenWait {
  readonly cluster: string;
  readonly kinds: readonly (WaitKind & { readonly sinceMs: number })[];
}

type Waits = Record<string, OpenWait>;
type Ended = (wait: OpenWait) => void;

/** It waits for these reasons from now on. Those it waited for already go on; `ended` hears of those it does not any more. */
export function startWait(
  waits: Waits,
  key: string,
  cluster: string,
  kinds: readonly WaitKind[],
  atMs: number,
  ended: Ended,
): void {
  const before = waits[key]?.kinds ?? [];
  const same = (a: WaitKind) => (b: WaitKind) => a.reason === b.reason && a.gate === b.gate;
  const unique = kinds.filter((kind, at) => kinds.findIndex(same(kind)) === at);
  const gone = before.filter(kind => !unique.some(same(kind)));
  if (gone.length > 0) ended({ cluster, kinds: gone });
  const now = unique.map(kind => ({ ...kind, sinceMs: before.find(same(kind))?.sinceMs ?? atMs }));
  waits[key] = { cluster, kinds: now };
}

/** It waits no more; returns what it waited for. */
export function endWait(waits: Waits, key: string): OpenWait | undefined {
  const wait = waits[key];
  delete waits[key];
  return wait;
}

/** The same for all whose key begins so. */
export function endWaits(waits: Waits, prefix: string, ended: Ended): void {
  for (const key of Object.keys(waits)) {
    const wait = key.startsWith(prefix) ? endWait(waits, key) : undefined;
    if (wait) ended(wait);
  }
}
