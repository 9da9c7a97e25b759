import type { NodeState } from './events.ts';
import type { StepName } from './steps.ts';

/** A person's wish for a node that is away; empty: none. */
export type NodeFlag = '' | 'skip' | 'abort' | 'redo';

/**
 * A node's state as kept in the store: flat, only strings, numbers and booleans, because Lua's cjson cannot tell an
 * empty list from an empty object. Changed by the store's scripts alone.
 */
export interface NodeRecord {
  readonly state: NodeState;
  readonly wave: number;
  readonly controlPlane: boolean;
  /** 0: never claimed. */
  readonly round: number;
  /** Rises at every begin of a step; fences off whoever began earlier. */
  readonly epoch: number;
  /** Job id of the slot that holds it; empty: none. */
  readonly slot: string;
  /** Empty: none begun in this round. */
  readonly step: StepName | '';
  readonly attempt: number;
  /** When this attempt began, by the store's clock. */
  readonly startedAtMs: number;
  /** A person's wish that steps look at: complete through without doing anything more. `redo`: then it is pending again. */
  readonly flag: NodeFlag;
  /** A person asked for the failed step to run again, and it has not begun yet. */
  readonly retryAsked: boolean;
  readonly reason: string;
  /** Its step waits for somebody else before it begins: that time is none of its own. Default: false. */
  readonly forOthers?: boolean;
  /** The round in which a person asked last for a failed step to run again. Missing: never. */
  readonly retriedRound?: number;
  /** The round in which a person said that the node is repaired. Missing: never. */
  readonly repairedRound?: number;
}

/** The record of a node that nothing has happened to yet. */
export function newNodeRecord(wave: number, controlPlane: boolean): NodeRecord {
  return {
    state: 'pending',
    wave,
    controlPlane,
    round: 0,
    epoch: 0,
    slot: '',
    step: '',
    attempt: 0,
    startedAtMs: 0,
    flag: '',
    retryAsked: false,
    reason: '',
  };
}
