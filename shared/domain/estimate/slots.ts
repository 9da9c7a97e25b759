/** The earliest moment from `atMs` on at which a node may begin that needs so much of its window; null: none is to be seen. */
export type Begins = (atMs: number, needsMs: number) => number | null;

/** A node that has not begun. */
export interface Queued {
  readonly takesMs: number;
  /** So much of the window has to be left when it begins. */
  readonly needsMs: number;
  /** Not while another such node is away: control planes. */
  readonly alone: boolean;
}

/** A wave as it goes on. */
export interface WaveRun {
  readonly fromMs: number;
  /** Nodes at once, at least 1. */
  readonly slots: number;
  /** After each node its slot waits so long. */
  readonly afterMs: number;
  /** Nodes that are away already: when they will be done. */
  readonly away: readonly { readonly endsAtMs: number; readonly alone: boolean }[];
  /** The others, in order: none begins before the one in front of it. */
  readonly queue: readonly Queued[];
}

/** How a wave ends. */
export interface WaveEnd {
  /** null: some node finds no window. */
  readonly endsAtMs: number | null;
  /** From when to when windows first keep a node from beginning; `toMs` null: for good. */
  readonly heldUp: { readonly fromMs: number; readonly toMs: number | null } | null;
}

/** Lets the nodes of a wave go through its slots. */
export function runWave({ fromMs, slots, afterMs, away, queue }: WaveRun, begins: Begins): WaveEnd {
  const free = away.map(({ endsAtMs }) => endsAtMs + afterMs);
  while (free.length < slots) free.push(fromMs);
  let aloneFreeMs = Math.max(fromMs, ...away.filter(({ alone }) => alone).map(({ endsAtMs }) => endsAtMs + afterMs));
  let lastMs = fromMs;
  let heldUp: WaveEnd['heldUp'] = null;
  for (const { takesMs, needsMs, alone } of queue) {
    free.sort((a, b) => a - b);
    // More may be away than there are slots, after the number was lowered.
    const slot = free.length - slots;
    const readyMs = Math.max(free[slot] ?? fromMs, lastMs, alone ? aloneFreeMs : fromMs);
    const beginsMs = begins(readyMs, needsMs);
    if (beginsMs !== readyMs) heldUp ??= { fromMs: readyMs, toMs: beginsMs };
    if (beginsMs === null) return { endsAtMs: null, heldUp };
    free[slot] = beginsMs + takesMs + afterMs;
    if (alone) aloneFreeMs = beginsMs + takesMs + afterMs;
    lastMs = beginsMs;
  }
  return { endsAtMs: Math.max(fromMs, ...free), heldUp };
}
