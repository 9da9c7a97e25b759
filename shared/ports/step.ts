import type { DrainEscalation } from '../domain/events.ts';
import type { GateMoment } from '../domain/gate/gate.ts';
import type { NodeEvent } from '../domain/node-event.ts';
import type { PlanNode } from '../domain/plan.ts';
import type { NodePolicy } from '../domain/policy.ts';
import type { Proofs } from '../domain/proof.ts';
import type { StepName } from '../domain/steps.ts';
import type { Baseline } from './baseline.ts';
import type { Clock } from './clock.ts';
import type { ClusterApi } from './cluster.ts';
import type { Control } from './control.ts';
import type { Fence, Host } from './host.ts';
import type { PackageManager } from './packages.ts';
import type { Probes } from './probe.ts';

/** Everything one visit of a step may use. */
export interface StepContext<Memory> {
  readonly node: PlanNode;
  readonly policy: NodePolicy;
  readonly round: number;
  /** From 1; counts attempts without a person. */
  readonly attempt: number;
  readonly fence: Fence;
  readonly host: Host;
  /** null: no Kubernetes. */
  readonly cluster: ClusterApi | null;
  /** The machine we run on. */
  readonly control: Control;
  readonly baseline: Baseline;
  /** Looks at things from the machine we run on. */
  readonly probes: Probes;
  /** The package managers to choose from, in order. */
  readonly managers: readonly PackageManager[];
  readonly clock: Clock;
  /** Aborted at the step's deadline, when the worker stops, when the claim is lost, and when a person skips or aborts. */
  readonly signal: AbortSignal;
  /** When the cluster's window closes, ms since the epoch; not after now: it is closed. null: not to be seen. */
  readonly closesAtMs: () => number | null;
  /**
   * Why the cluster's gates are closed to this node at such a moment; empty: they are open. With `order` a reboot is
   * about to be ordered: it takes its turn among those of the cluster.
   */
  readonly shutGates: (moment: GateMoment, act?: 'order') => Promise<readonly string[]>;
  /** Proofs of the earlier steps of this round. */
  readonly proofs: Partial<Proofs>;
  /** When this attempt began, ms since the epoch. */
  readonly attemptStartedAtMs: number;
  /** What earlier visits and attempts of this step in this round left; survives any process. null: nothing yet. */
  readonly memory: Memory | null;
  /**
   * Kept before it resolves, and before it all that was logged; what is `told` is in the journal then. Refused (throws) when we are no longer the ones.
   * With a memory that differs from the one before, `told` is told exactly once.
   */
  remember(memory: Memory, told?: DrainEscalation): Promise<void>;
  /** To be called right before every irreversible act: throws when claim, round, epoch or flags no longer hold. */
  guard(): Promise<void>;
  /**
   * For steps that say so themselves ({@link Step.saysWork}): to be called once it is known that there is something to
   * do, before the first act. Runs the operators' hooks before the step, once in a round; their time does not count as the
   * step's. Throws StepError `hook-failed`, and as {@link guard}.
   */
  beforeWork(): Promise<void>;
  /** The same before and after a drain that another step than `drain` has to do itself. */
  beforeDrain(): Promise<void>;
  afterDrain(): Promise<void>;
  /** A Kubernetes Event on the Node, for people; `reason` is one word such as `Draining`. Nobody waits for it. */
  announce(reason: string, message: string, type?: NodeEvent['type']): void;
  /** Output for the node's log. */
  log(text: string): void;
}

/** How a visit ended, if it did not throw. */
export type StepOutcome<S extends StepName> =
  | {
      readonly kind: 'done';
      readonly proof: Proofs[S];
      /** One line for people; says so when there was nothing to do. */
      readonly note: string;
    }
  /** Not finished: come back later, without holding a worker. */
  | {
      readonly kind: 'again';
      readonly afterMs: number;
      readonly reason: string;
      /** What was found out about the reason, for people, as in a Failure. */
      readonly account?: readonly string[];
    };

/** How a host stands in mid-chain, by the word of the step that has it. */
export interface HostStanding {
  /**
   * `foreign`: not taken by this step, nothing is known of it; `untouched`: nothing was changed on it; `upgraded`: the upgrade
   * ended well and nothing came after it; `proven`: verified; `open`: something is half done, may still run, or is not proven.
   */
  readonly kind: 'foreign' | 'untouched' | 'upgraded' | 'proven' | 'open';
  /** What was done so far, in words. */
  readonly said: string;
  /** What a person should do before the node is given back, or after it is; empty: nothing. A clause without a final stop. */
  readonly todo: string;
}

/**
 * One step. Reads the world first, does only what is missing, returns its proof: twice is as good as once. Throws
 * StepError (the failure says whether a further attempt can help).
 */
export interface Step<S extends StepName = StepName, Memory = unknown> {
  readonly name: S;
  /** It calls {@link StepContext.beforeWork} itself, and not when there is nothing to do. Default: it always works. */
  readonly saysWork?: true;
  run(context: StepContext<Memory>): Promise<StepOutcome<S>>;
  /**
   * Called once when the last attempt has failed: may give the node back if nothing on the host was changed yet. Returns
   * the state the node is left in, for people.
   */
  giveUp(context: StepContext<Memory>): Promise<string>;
  /**
   * Told when a person skips the node or aborts the rollout here: whether the node can be given back follows from it. Changes
   * nothing. Default: `open`.
   */
  standing?(context: StepContext<Memory>): HostStanding;
  /** Whether a step that keeps this has begun its work: from then on it waits for nobody else. Default: it has. */
  hasBegun?(memory: Memory): boolean;
}
