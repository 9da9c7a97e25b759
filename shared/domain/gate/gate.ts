/**
 * When a gate is asked. `claim`: before a slot takes a node; `reboot`: right before a reboot is ordered; `verify`: as one of
 * the checks of a node that is back; `recovery`: after a node's uncordon, before its slot goes on.
 */
export const GATE_MOMENTS = ['claim', 'reboot', 'verify', 'recovery'] as const;
/** One of {@link GATE_MOMENTS}. */
export type GateMoment = (typeof GATE_MOMENTS)[number];

/** What the settings of every gate say. */
export interface GateBase {
  /** Names it where something waits for it; unique in its cluster. */
  readonly name: string;
  readonly at: readonly GateMoment[];
  /** Facts that are not there after this close the gate. */
  readonly timeoutMs: number;
}

/** What a gate says. */
export type GateVerdict =
  | { readonly open: true }
  | {
      readonly open: false;
      /** At least one, each a short clause without the gate's name: `alert KubeNodeNotReady fires on a1`. */
      readonly reasons: readonly string[];
      /** What would open it, for people: `when no such alert fires any more`. */
      readonly opens: string;
      /** When to look again, ms since the epoch; null: soon, nothing is known. */
      readonly lookAgainAtMs: number | null;
    };

export const OPEN: GateVerdict = { open: true };

/** A closed verdict whose end is not known. */
export function closed(reasons: readonly string[], opens: string): GateVerdict {
  return { open: false, reasons, opens, lookAgainAtMs: null };
}
