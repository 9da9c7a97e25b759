import type { PolicyLayer } from './fleet.ts';
import type { Narrow } from './plan-build/narrow.ts';

/** When rollouts begin by themselves, and which. */
export interface Schedule {
  /** A DNS-1123 name. */
  readonly name: string;
  /** Five fields. */
  readonly cron: string;
  readonly zone: string;
  /** `watch`: nothing is upgraded, only nodes whose hosts ask for a reboot are rolled. */
  readonly mode: 'roll' | 'watch';
  readonly narrow: Narrow;
  /** What is different for all nodes of its rollouts; null: nothing. */
  readonly policy: PolicyLayer | null;
  /** While a rollout holds a cluster of it: leave the start out, or let it wait (one at most). */
  readonly overlap: 'skip' | 'queue';
  /** How late the last of the missed starts still begins; 0: not at all. */
  readonly catchUpMs: number;
  /** Begin only if a host has this to do; null: always. */
  readonly onlyIf: WorkWanted | null;
}

/** No start is due so long after now: who says so goes by a clock that is wrong. */
export const FAR_AHEAD_MS = 86_400_000;

/** What there has to be on a host. */
export const WORK_WANTED = ['updates', 'reboots', 'either'] as const;
export type WorkWanted = (typeof WORK_WANTED)[number];

/** A schedule as kept. */
export interface StoredSchedule extends Schedule {
  /** Absolute. */
  readonly fleetFile: string;
  /** `file`: written in the fleet file, and kept like it; `hand`: added by a person. */
  readonly origin: 'file' | 'hand';
  /** Who added it; for `file` the host that read it. */
  readonly by: string;
}

/** What came of a start. */
export type StartOutcome =
  | { readonly kind: 'started'; readonly rollout: string; readonly note: string }
  /** `nothing`: there was nothing to do. `skipped`: a rollout was under way. `missed`: nobody was there in time. */
  | { readonly kind: 'nothing' | 'skipped' | 'missed'; readonly note: string }
  /** `refused`: by the plan or its preflight. `failed`: the file or a cluster could not be asked. */
  | { readonly kind: 'refused' | 'failed'; readonly note: string };

/** One start of a schedule: what it is known by, and how it stands. */
export interface StartRecord {
  /** The instant at which it was due, ms; with the schedule's name its identity. */
  readonly dueMs: number;
  /** Who wanted it; empty: the schedule. */
  readonly by: string;
  /** When a scheduler took it up first, store's clock. */
  readonly begunAtMs: number;
  /** What it waits for; empty: it does not. */
  readonly waitsFor: string;
  /** null: it is under way. */
  readonly outcome: StartOutcome | null;
}
