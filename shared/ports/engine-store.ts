import type { ApprovalPlace, Command } from '../domain/command.ts';
import type { MadeEstimate } from '../domain/estimate/made.ts';
import type { DrainEscalation, EventBody, HookEvent, NodeLeft, RolloutEvent } from '../domain/events.ts';
import type { Failure } from '../domain/failure.ts';
import type { NodeFlag, NodeRecord } from '../domain/node-record.ts';
import type { Plan } from '../domain/plan.ts';
import type { StepName } from '../domain/steps.ts';
import type { DomainBudget } from '../domain/topology.ts';
import type { DurationKeeper } from './durations.ts';
import type { RebootTimes } from './reboot-times.ts';
import type { EngineProcess, RolloutReader } from './store.ts';
import type { NodeDoneKeeper } from './survey.ts';

/** A rollout's own data beside nodes and journal. */
export interface RolloutMeta {
  readonly state: 'running' | 'stopping' | 'paused' | 'aborting' | 'done' | 'aborted';
  readonly installation: string;
  /** Take clusters whose Lease another installation left behind. */
  readonly takeOver: boolean;
}

/** Something outside that is held for a cluster as long as its nodes are away. */
export interface KeptHold {
  readonly rollout: string;
  /** When it was last taken for a claim, by the store's clock. */
  readonly usedAtMs: number;
  readonly memory: unknown;
  /** It is being given back: not to be taken before that is done. */
  readonly releasing: boolean;
}

/** What a slot asks for: see the claim script. */
export interface ClaimRequest {
  readonly cluster: string;
  readonly wave: number;
  readonly slot: string;
  readonly give: { readonly node: string; readonly round: number } | null;
  readonly settle: readonly {
    readonly node: string;
    readonly state: 'skipped' | 'excluded';
    readonly reason: string;
  }[];
  readonly held: readonly { readonly node: string; readonly reason: string }[];
  readonly closed: readonly string[];
  /** Why no further node may begin now; those that carry our mark already are taken all the same. */
  readonly shut: readonly string[];
  /** `shut`: why this one may not begin now; missing: nothing keeps it. Adopted nodes are taken all the same. */
  readonly candidates: readonly { readonly node: string; readonly adopt: boolean; readonly shut?: string }[];
  readonly unavailable: readonly string[];
  readonly unavailableControlPlane: readonly string[];
  readonly maxUnavailable: number;
  /** Default: none. */
  readonly perDomain?: readonly DomainBudget[];
  /** Budgets (`namespace/name`) that are short now: see {@link EngineStore.shortBefore}. */
  readonly shortBefore: readonly string[];
  /** By the store's clock: see {@link EngineStore.now}. */
  readonly factsAtMs: number;
  readonly factsMaxAgeMs: number;
  /** Only asks whether a node could be taken now; what is given back is given back all the same. Default: false. */
  readonly onlyAsks?: true;
}

export type ClaimAnswer =
  | { readonly kind: 'claimed' | 'holding'; readonly node: string; readonly round: number }
  | { readonly kind: 'closed'; readonly reasons: readonly string[] }
  /** A node could be taken now: the answer to `onlyAsks`. */
  | { readonly kind: 'free' }
  /** The slot has no further right (concurrency lowered, wave over). */
  | { readonly kind: 'retired' }
  /** Nothing is left to take. */
  | { readonly kind: 'empty' };

/** A step of a node in a round. */
export interface StepRef {
  readonly cluster: string;
  readonly node: string;
  readonly round: number;
  readonly step: StepName;
}

export type BeginAnswer =
  | {
      readonly kind: 'go';
      readonly epoch: number;
      /** Who carries out this rollout. */
      readonly installation: string;
      /** Since this attempt began. */
      readonly elapsedMs: number;
      /** It waited for others, see {@link StepReport}: to be told `held` once that is over, so that it begins anew. */
      readonly waited: boolean;
      /** A person asked to skip, abort or begin anew: complete through, do nothing more. */
      readonly flag: NodeFlag;
      readonly memory: unknown;
      /** What is kept of the hooks of this round, of whatever step. null: nothing. */
      readonly hooks: unknown;
      readonly proofs: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'already' }
  | { readonly kind: 'skip'; readonly reason: string }
  | { readonly kind: 'hold'; readonly reason: string }
  /** It has failed and nobody asked for another try. */
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'superseded'; readonly reason: string }
  | { readonly kind: 'predecessor-missing'; readonly previous: StepName };

/** Where versions were proved: index of the stage, and which hosts are comparable. */
export interface ProvenAt {
  readonly stage: number;
  readonly group: string;
}

/** What a step tells; only the newest epoch is heard. */
export type StepReport =
  | { readonly outcome: 'check' }
  /** `told` becomes an event together with the memory; with a memory that is kept already it is told already. */
  | { readonly outcome: 'memory'; readonly memory: unknown; readonly told?: DrainEscalation }
  /** What is kept of the round's hooks, for all its steps; `told` as for `memory`. */
  | { readonly outcome: 'hooks'; readonly kept: unknown; readonly told?: HookEvent }
  /** Told once per reason; `account` goes along, and alone tells nothing new. */
  | {
      readonly outcome: 'waiting';
      readonly reason: string;
      readonly account?: readonly string[];
      /** It waits for somebody else before it begins: the time is none of its own. */
      readonly forOthers?: true;
    }
  /** Its guard held it back before it changed anything: it begins anew when it may. */
  | { readonly outcome: 'held'; readonly reason: string }
  | {
      readonly outcome: 'attempt-failed';
      readonly attempt: number;
      readonly failure: Failure;
      readonly retryInMs: number;
    }
  /** It is about to fail for good: from now on that counts against the budget. */
  | { readonly outcome: 'failing' }
  | {
      readonly outcome: 'failed';
      readonly attempt: number;
      readonly failure: Failure;
      /** What is kept of the round's hooks from now on. Missing: it stays. */
      readonly hooks?: unknown;
    }
  | { readonly outcome: 'done'; readonly proof: unknown; readonly note: string }
  | { readonly outcome: 'skipped'; readonly reason: string; readonly left?: NodeLeft };

export type ReportAnswer = {
  readonly ok: boolean;
  readonly why?: 'superseded' | 'flagged' | 'held';
};

/**
 * Progress of the tree: see the advance script. What begins by it is refused without the approval that the plan asks for
 * there, unless the rollout is aborting.
 */
export interface Advance {
  readonly mark: string;
  readonly requires: readonly string[];
  readonly kind: 'plain' | 'wave-open' | 'wave-done' | 'end';
  readonly event: EventBody;
  readonly cluster?: string;
  readonly wave?: number;
  readonly keys?: readonly string[];
  readonly clusters?: readonly string[];
  /** Refused earlier than so long after another mark, unless the rollout is aborting. */
  readonly soak?: Soak;
}

/** A time of rest after a mark, by the store's clock. */
export interface Soak {
  readonly mark: string;
  readonly soakMs: number;
}

/** Whether a place may begin, or go on: see the ask script. */
export interface Asking {
  readonly place: ApprovalPlace;
  readonly soak?: Soak | undefined;
  /** It is told, once, that an approval is wanted; without it only one that is wanted already is looked at. */
  readonly wants: boolean;
  /** For an approval that is given by itself: from which mark on it counts; missing: since it is wanted. */
  readonly sinceMark?: string;
  /** Something beside failed nodes is not well. */
  readonly trouble?: boolean;
  /** Gives the approval by itself, for this reason, unless something is not well. */
  readonly give?: string;
}

/** Times by the store's clock. `open`: nothing keeps it. */
export interface AskAnswer {
  readonly open: boolean;
  readonly nowMs: number;
  /** null: no soak, or it is over. */
  readonly soakUntilMs: number | null;
  /** null: none is waited for. `wellSinceMs` null: something is not well. */
  readonly wanted: { readonly sinceMs: number; readonly wellSinceMs: number | null } | null;
}

/** A failed step whose job must be retried so that its chain goes on. */
export interface RetryRef {
  readonly key: string;
  readonly round: number;
  readonly step: StepName;
}

/** Everything the engine reads and writes: the truth. Every write is one atomic script that also writes its event. */
export interface EngineStore extends RolloutReader, DurationKeeper, NodeDoneKeeper, RebootTimes {
  /** The server's clock, ms. */
  now(): Promise<number>;
  /** Made on first use, kept for good. */
  installation(): Promise<string>;
  /** `estimate`: what it is reckoned to take, for its report. */
  create(
    id: string,
    plan: Plan,
    by: string,
    takeOver: boolean,
    estimate?: MadeEstimate,
  ): Promise<{ ok: true } | { ok: false; cluster: string; holder: string }>;
  /** null: no such rollout. */
  meta(id: string): Promise<RolloutMeta | null>;
  /** Ids of the rollouts that have not ended. */
  active(): Promise<string[]>;
  /** Counts every change that may open a gate. */
  wake(id: string): Promise<number>;
  advance(id: string, advance: Advance): Promise<{ ok: boolean; first?: boolean; why?: string }>;
  hasMark(id: string, mark: string): Promise<boolean>;
  /** Asks for the approval of a place, and for the end of a soak. */
  ask(id: string, asking: Asking): Promise<AskAnswer>;
  /** Index of the open wave of a cluster; null: none. */
  openWave(id: string, cluster: string): Promise<number | null>;
  openSlots(
    id: string,
    cluster: string,
    wave: number,
    idPrefix: string,
  ): Promise<{ open: boolean; ids: readonly string[] }>;
  claim(id: string, request: ClaimRequest): Promise<ClaimAnswer>;
  /** Nodes of a wave that nobody has claimed. */
  pending(id: string, cluster: string, wave: number): Promise<string[]>;
  node(id: string, cluster: string, node: string): Promise<NodeRecord | null>;
  nodes(id: string, keys: readonly string[]): Promise<(NodeRecord | null)[]>;
  /** Key `cluster/node` of what one slot holds; null: nothing. */
  heldBy(id: string, slot: string): Promise<string | null>;
  /** What each slot holds: slot id → `cluster/node`. */
  holdings(id: string): Promise<Record<string, string>>;
  /** Steps of a node's round that have a result. */
  finished(id: string, cluster: string, node: string, round: number): Promise<StepName[]>;
  /** Budgets that were short already when the node was claimed for this round: their trouble is not ours. */
  shortBefore(id: string, cluster: string, node: string, round: number): Promise<readonly string[]>;
  /** A node's events from its claim in a round on, in order. */
  roundEvents(id: string, of: Omit<StepRef, 'step'>): Promise<RolloutEvent[]>;
  begin(id: string, ref: StepRef, attempt: number): Promise<BeginAnswer>;
  report(id: string, ref: StepRef, epoch: number, report: StepReport): Promise<ReportAnswer>;
  /** Keeps what a verified node has installed, as entries of a stage and a group of comparable hosts; only the newest epoch is heard. */
  prove(id: string, ref: StepRef, epoch: number, at: ProvenAt, entries: readonly string[]): Promise<ReportAnswer>;
  /** What the stages before `at.stage` proved for its group; all groups they proved go along. Nothing after the rollout's end. */
  proven(
    id: string,
    at: ProvenAt,
  ): Promise<{ readonly entries: readonly string[]; readonly groups: readonly string[] }>;
  stalled(id: string, ref: StepRef, failure: Failure): Promise<boolean>;
  waiting(
    id: string,
    place: { cluster: string; wave: number; slot: string },
    reasons: readonly string[],
  ): Promise<void>;
  command(
    id: string,
    command: Command,
    by: string,
    why: string,
  ): Promise<{ ok: boolean; note: string; retry: readonly RetryRef[] }>;
  tell(id: string, event: EventBody): Promise<void>;
  /** What is held outside, by `cluster/gate`: for all rollouts, also those that have ended. */
  holds(): Promise<Readonly<Record<string, KeptHold>>>;
  /** Changes it if it is still as it was read; null: none. Returns whether it was. */
  changeHold(cluster: string, gate: string, before: KeptHold | null, after: KeptHold | null): Promise<boolean>;
  heartbeat(process: EngineProcess): Promise<void>;
  goodbye(processId: string): Promise<void>;
}
