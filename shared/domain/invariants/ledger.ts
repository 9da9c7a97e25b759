import { type NodeState, type RolloutOutcome, SETTLED_STATES } from '../events.ts';
import { nodeKey } from '../names.ts';
import { type Plan, type PlanCluster, planClusters } from '../plan.ts';
import { STEPS, type StepName } from '../steps.ts';

/** A node as the checks keep it; apart from the status fold, so that neither hides a fault of the other. */
export interface LedgerNode {
  readonly key: string;
  readonly wave: LedgerWave;
  readonly controlPlane: boolean;
  state: NodeState;
  round: number;
  epoch: number;
  slot: string | null;
  /** The step whose begin was told last, until its outcome. */
  running: StepName | null;
  /** The step that has begun and goes on over attempts, until it ends or is held. */
  begun: StepName | null;
  /** Successes of this round. */
  readonly done: Set<StepName>;
  /** A person asked to skip it, or to begin it anew. */
  flagged: boolean;
  /** A person asked to begin it anew: it is pending again once its slot lets go. */
  redo: boolean;
  /** A person said that it is repaired: the steps before verify are left out in this round. */
  repaired: boolean;
  /** A person asked for a retry, and it has not begun yet. */
  retryAsked: boolean;
}

export interface LedgerWave {
  readonly index: number;
  readonly cluster: LedgerCluster;
  concurrency: number;
  /** Infinite: none of its own. */
  failureBudget: number;
  state: 'pending' | 'running' | 'done';
  /** Nodes that are not settled. */
  left: number;
  /** Keys of nodes that hold a claim. */
  readonly away: Set<string>;
}

export interface LedgerCluster {
  readonly plan: PlanCluster;
  readonly stage: LedgerStage;
  /** Infinite: none of its own. */
  failureBudget: number;
  readonly waves: LedgerWave[];
}

export interface LedgerStage {
  readonly index: number;
  readonly name: string;
  readonly clusters: LedgerCluster[];
}

/** What the events so far add up to. */
export interface Ledger {
  readonly plan: Plan;
  readonly stages: readonly LedgerStage[];
  readonly clusters: ReadonlyMap<string, LedgerCluster>;
  readonly nodes: ReadonlyMap<string, LedgerNode>;
  /** Slot id → key of the node it holds. */
  readonly holding: Map<string, string>;
  /** Keys of nodes that failed and have neither had a success since nor been settled. */
  readonly failed: Set<string>;
  failureBudget: number;
  state: 'created' | 'running' | 'stopping' | 'paused' | 'aborting' | RolloutOutcome;
}

/** The ledger before the first event. */
export function openLedger(plan: Plan): Ledger {
  const nodes = new Map<string, LedgerNode>();
  const stages = plan.stages.map((planned, index) => {
    const stage: LedgerStage = { index, name: planned.name, clusters: [] };
    for (const cluster of planned.clusters) stage.clusters.push(openCluster(cluster, stage, nodes));
    return stage;
  });
  const found = stages.flatMap(stage => stage.clusters);
  const clusters = new Map(planClusters(plan).map((cluster, at) => [cluster.name, found[at] as LedgerCluster]));
  const { failureBudget } = plan;
  return { plan, stages, clusters, nodes, holding: new Map(), failed: new Set(), failureBudget, state: 'created' };
}

function openCluster(plan: PlanCluster, stage: LedgerStage, nodes: Map<string, LedgerNode>): LedgerCluster {
  const none = Number.POSITIVE_INFINITY;
  const cluster: LedgerCluster = { plan, stage, failureBudget: plan.failureBudget ?? none, waves: [] };
  for (const { index, concurrency, failureBudget = none, nodes: planned } of plan.waves) {
    const left = planned.length;
    const wave: LedgerWave = {
      ...{ index, cluster, concurrency, failureBudget, left },
      state: 'pending',
      away: new Set(),
    };
    cluster.waves.push(wave);
    for (const { name, controlPlane } of planned) {
      const key = nodeKey(plan.name, name);
      const fresh = {
        state: 'pending',
        round: 0,
        epoch: 0,
        slot: null,
        running: null,
        begun: null,
        flagged: false,
        redo: false,
        repaired: false,
        retryAsked: false,
      } as const;
      nodes.set(key, { key, wave, controlPlane, ...fresh, done: new Set() });
    }
  }
  return cluster;
}

/** Whether a node needs nothing more. */
export function isSettled(node: LedgerNode): boolean {
  return SETTLED_STATES.includes(node.state);
}

/** Nodes of a cluster that hold a claim. */
export function awayOf(cluster: LedgerCluster): string[] {
  return cluster.waves.flatMap(wave => [...wave.away]);
}

/** Nodes of the waves before this one that are not settled. */
export function leftBefore(wave: LedgerWave): number {
  return wave.cluster.waves.slice(0, wave.index).reduce((sum, other) => sum + other.left, 0);
}

/** Nodes of a cluster that are not settled. */
export function leftIn(cluster: LedgerCluster): number {
  return cluster.waves.reduce((sum, wave) => sum + wave.left, 0);
}

/** Nodes of the stages before this one that are not settled. */
export function leftBeforeStage(ledger: Ledger, stage: LedgerStage): number {
  const clusters = ledger.stages.slice(0, stage.index).flatMap(other => other.clusters);
  return clusters.reduce((sum, cluster) => sum + leftIn(cluster), 0);
}

/**
 * Whether more nodes than a budget over the wave bears have failed. For `key`, a node that failed itself and is tried
 * again, only those count that nobody tries again.
 */
export function budgetSpent(ledger: Ledger, wave: LedgerWave, key = ''): boolean {
  const own = ledger.failed.has(key);
  return overBudget(ledger, wave, node => !own || (node.key !== key && node.state === 'failed' && !node.retryAsked));
}

/** Whether the budgets bear what stands failed: such nodes give their slot back, and do not count in the concurrency. */
export function givesBack(ledger: Ledger, wave: LedgerWave): boolean {
  return !overBudget(ledger, wave, node => node.state === 'failed');
}

function overBudget(ledger: Ledger, wave: LedgerWave, counts: (node: LedgerNode) => boolean): boolean {
  const failed = [...ledger.failed].flatMap(key => ledger.nodes.get(key) ?? []).filter(counts);
  const inCluster = failed.filter(node => node.wave.cluster === wave.cluster);
  const inWave = inCluster.filter(node => node.wave === wave);
  return (
    failed.length > ledger.failureBudget ||
    inCluster.length > wave.cluster.failureBudget ||
    inWave.length > wave.failureBudget
  );
}

/** Nodes of a wave that hold a claim and have not failed. */
export function busyIn(ledger: Ledger, wave: LedgerWave): number {
  return [...wave.away].filter(key => ledger.nodes.get(key)?.state !== 'failed').length;
}

/** The steps before `step` that have no success in this round. */
export function missingBefore(node: LedgerNode, step: StepName): StepName[] {
  return STEPS.slice(0, STEPS.indexOf(step)).filter(earlier => !node.done.has(earlier));
}
