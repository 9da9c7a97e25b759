/**
 * kured's lock: JSON in an annotation of its DaemonSet, in one of two formats. `single`: one entry, or no annotation at all;
 * `multi` (its `--concurrency` is above 1): so many entries at most. Source: kured's pkg/daemonsetlock.
 */
export type LockFormat = 'single' | 'multi';

/** One holder of the lock. */
export interface LockEntry {
  /** Name of a node; `manual` is an administrator's own; ours begins with {@link OUR_PREFIX}. */
  readonly nodeId: string;
  /** ms since the epoch; null: not said. */
  readonly createdAtMs: number | null;
  /** 0: for ever. */
  readonly ttlMs: number;
}

/** The lock as it was read. */
export type KuredLock =
  | { readonly kind: 'read'; readonly format: LockFormat; readonly entries: readonly LockEntry[] }
  /** Not to be understood, so not to be written over. */
  | { readonly kind: 'malformed'; readonly why: string };

/** No node has such a name, so that no kured takes our lock for its own after a reboot. */
export const OUR_PREFIX = 'nodetide:';

const NS_PER_MS = 1e6;
/** An administrator's lock, which never expires. */
const MANUAL = 'manual';

/** Reads the annotation; undefined: there is none, the lock is free. */
export function readLock(text: string | undefined): KuredLock {
  if (text === undefined) return { kind: 'read', format: 'single', entries: [] };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'malformed', why: 'it is no JSON' };
  }
  if (!isRecord(value)) return { kind: 'malformed', why: 'it is no JSON object' };
  if (!('locks' in value) && !('maxOwners' in value)) {
    const entry = entryOf(value);
    return entry
      ? { kind: 'read', format: 'single', entries: [entry] }
      : { kind: 'malformed', why: 'it names no node' };
  }
  // Go writes an empty list as null.
  const locks = value['locks'] ?? [];
  if (!Array.isArray(locks)) return { kind: 'malformed', why: 'its locks are no list' };
  const entries = locks.map(entryOf);
  if (entries.includes(null)) return { kind: 'malformed', why: 'one of its locks names no node' };
  return { kind: 'read', format: 'multi', entries: entries.filter(entry => entry !== null) };
}

/** The entries that count at an instant: what has expired does not. */
export function liveEntries(entries: readonly LockEntry[], nowMs: number): LockEntry[] {
  return entries.filter(({ nodeId, createdAtMs, ttlMs }) => {
    const isForEver = nodeId === MANUAL || ttlMs <= 0 || createdAtMs === null;
    return isForEver || nowMs - createdAtMs < ttlMs;
  });
}

/** The annotation that takes the whole lock for `owner`, in the format that this kured understands. */
export function lockText(owner: string, concurrency: number, nowMs: number, ttlMs: number): string {
  const entry = (nodeID: string) => ({
    nodeID,
    metadata: { unschedulable: false },
    created: new Date(nowMs).toISOString(),
    TTL: ttlMs * NS_PER_MS,
  });
  if (concurrency <= 1) return JSON.stringify(entry(`${OUR_PREFIX}${owner}`));
  const numbers = Array.from({ length: concurrency }, (_, index) => index + 1);
  const locks = numbers.map(number => entry(`${OUR_PREFIX}${owner}:${number}`));
  return JSON.stringify({ maxOwners: concurrency, locks });
}

/** What the annotation becomes when the lock is given back; null: it is taken away. */
export function freeText(concurrency: number): string | null {
  return concurrency <= 1 ? null : JSON.stringify({ maxOwners: concurrency, locks: [] });
}

/** Whether an entry is this owner's. */
export function isOurs({ nodeId }: LockEntry, owner: string): boolean {
  return nodeId === `${OUR_PREFIX}${owner}` || nodeId.startsWith(`${OUR_PREFIX}${owner}:`);
}

/** Who has the lock on a DaemonSet (`namespace/name`), as a clause. */
export function heldBy(entries: readonly LockEntry[], daemonSet: string): string {
  const who = entries.map(({ nodeId, createdAtMs }) => {
    if (nodeId === MANUAL) return 'an administrator (manual)';
    return createdAtMs === null ? nodeId : `${nodeId} since ${new Date(createdAtMs).toISOString()}`;
  });
  return `kured's lock on DaemonSet ${daemonSet} is held by ${who.join(', ')}`;
}

function entryOf(value: unknown): LockEntry | null {
  if (!isRecord(value) || typeof value['nodeID'] !== 'string' || value['nodeID'] === '') return null;
  const createdAtMs = typeof value['created'] === 'string' ? Date.parse(value['created']) : Number.NaN;
  const ttl = typeof value['TTL'] === 'number' ? value['TTL'] : 0;
  return {
    nodeId: value['nodeID'],
    createdAtMs: Number.isNaN(createdAtMs) ? null : createdAtMs,
    ttlMs: ttl / NS_PER_MS,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
