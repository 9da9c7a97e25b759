import type { NodeView } from '../domain/facts.ts';
import type { GateMoment, GateVerdict } from '../domain/gate/gate.ts';
import type { GateSettings } from '../domain/gate/settings.ts';
import type { PlanCluster, PlanNode } from '../domain/plan.ts';
import type { ClusterApi } from '../ports/cluster.ts';
import type { Control } from '../ports/control.ts';
import type { Probes } from '../ports/probe.ts';
import type { GateHold } from './hold.ts';

/** Where a gate's facts come from. */
export interface GateSources {
  readonly cluster: PlanCluster;
  /** null: no Kubernetes. */
  readonly api: ClusterApi | null;
  readonly probes: Probes;
  /** The machine nodetide runs on. */
  readonly control: Control;
  readonly moment: GateMoment;
  readonly rollout: string;
  /** Aborted at the gate's time-out. */
  readonly signal: AbortSignal;
}

/** What is asked. */
export interface GateQuestion {
  readonly moment: GateMoment;
  /** ms since the epoch. */
  readonly nowMs: number;
  readonly rollout: string;
  readonly cluster: PlanCluster;
  /** The Nodes of the cluster by name; empty without Kubernetes. */
  readonly nodes: ReadonlyMap<string, NodeView>;
  /** Which node is meant; null: none in particular, as before a claim when there is one answer for all. */
  readonly node: PlanNode | null;
}

/**
 * One kind of gate: how its facts are gathered, and what they mean. A question that cannot be answered closes: `gather`
 * throws (StepError by preference), and whoever asks says so.
 */
export interface Gate<S extends GateSettings = GateSettings, F = unknown> {
  readonly kind: S['kind'];
  /**
   * `cluster`: one answer for all nodes. `node`: facts of the whole cluster, an answer for each node. `each`: facts and
   * answer for each node; nodes are asked about a few at a time, until one may go.
   */
  scope(settings: S): 'cluster' | 'node' | 'each';
  /** `node` is null unless the scope is `each`. */
  gather(settings: S, from: GateSources, node: PlanNode | null): Promise<F>;
  /** Pure. */
  judge(settings: S, facts: F, question: GateQuestion): GateVerdict;
  /** Names of nodes of which never two may be away, whatever the budgets say. Missing: none. Pure. */
  oneAtATime?(settings: S, facts: F, question: Omit<GateQuestion, 'node'>): readonly string[];
  /** What is held in the world while nodes are away. Missing: nothing. */
  readonly hold?: GateHold<S>;
}
