import { closeSync, openSync, writeSync } from 'node:fs';
import type { WorldAct, WorldEntry, WorldLog } from './world.ts';

/** A world log that can be read, followed and closed. */
export interface WorldJournal extends WorldLog {
  /** All acts so far, oldest first. */
  readonly entries: readonly WorldEntry[];
  /** Tells each act as it is written. Returns the way to stop. */
  onEntry(listener: (entry: WorldEntry) => void): () => void;
  /** Resolves with the first act, past or to come, that `wanted` accepts; rejects when the signal aborts. */
  waitFor(wanted: (entry: WorldEntry) => boolean, signal?: AbortSignal): Promise<WorldEntry>;
  close(): void;
}

/** Where acts go and what is known of the nodes. */
export interface WorldLogOptions {
  /** Appended to, a line an act, each written before `write` returns. Default: memory only. */
  readonly file?: string;
  /** The sequence of a node, null when it has none. */
  readonly sequenceOf?: (cluster: string, node: string) => number | null;
  /** Epoch ms. Default: the system's clock. */
  readonly now?: () => number;
}

/** Opens a world log. */
export function openWorldLog(options: WorldLogOptions = {}): WorldJournal {
  const fd = options.file === undefined ? null : openSync(options.file, 'a');
  const entries: WorldEntry[] = [];
  const listeners = new Set<(entry: WorldEntry) => void>();
  const now = options.now ?? Date.now;
  let open = true;

  const write = (cluster: string, node: string, act: WorldAct, detail: Readonly<Record<string, unknown>> = {}) => {
    if (!open) return;
    const sequence = options.sequenceOf?.(cluster, node) ?? null;
    const entry: WorldEntry = { at: new Date(now()).toISOString(), cluster, node, act, sequence, detail };
    if (fd !== null) writeSync(fd, `${JSON.stringify(entry)}\n`);
    entries.push(entry);
    for (const listener of [...listeners]) listener(entry);
  };
  const onEntry = (listener: (entry: WorldEntry) => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const close = () => {
    if (open && fd !== null) closeSync(fd);
    open = false;
    listeners.clear();
  };
  return { entries, write, onEntry, close, waitFor: (wanted, signal) => firstEntry(entries, onEntry, wanted, signal) };
}

function firstEntry(
  entries: readonly WorldEntry[],
  onEntry: WorldJournal['onEntry'],
  wanted: (entry: WorldEntry) => boolean,
  signal: AbortSignal | undefined,
): Promise<WorldEntry> {
  const past = entries.find(wanted);
  if (past !== undefined) return Promise.resolve(past);
  return new Promise((resolve, reject) => {
    const stop = onEntry(entry => {
      if (!wanted(entry)) return;
      stop();
      signal?.removeEventListener('abort', onAbort);
      resolve(entry);
    });
    const onAbort = () => {
      stop();
      reject(signal?.reason instanceof Error ? signal.reason : new Error('no such act'));
    };
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}
