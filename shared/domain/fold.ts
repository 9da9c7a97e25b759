import { waitsForApproval } from './approval/waits.ts';
import { NODE_STATES, type NodeState, type RolloutEvent } from './events.ts';
import { foldApproval } from './fold-approvals.ts';
import { foldNodeEvent } from './fold-node.ts';
import { hookWarning } from './hooks/warning.ts';
import { nodeKey } from './names.ts';
import { needsPerson } from './needs-person.ts';
import { type Plan, type PlanCluster, type PlanNode, planClusters } from './plan.ts';
import type { ClusterStatus, NodeStatus, RolloutStatus, StepStatus, WaitingStatus, WaveStatus } from './status.ts';
import { STEPS, type StepName } from './steps.ts';

/** Removes `readonly` one level deep: a fold changes its own copies. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** A node while it is folded. */
export type DraftNode = Draft<Omit<NodeStatus, 'steps'>> & {
  steps: Record<StepName, Draft<StepStatus>>;
  /** A person asked for a retry or a skip, and no step has said anything since. */
  asked: boolean;
  /** A person asked to begin it anew; it is pending again once its slot lets go. */
  redo: boolean;
};

interface DraftWave extends Omit<Draft<WaveStatus>, 'waiting'> {
  waiting: WaitingStatus[];
}
interface DraftCluster extends Omit<Draft<ClusterStatus>, 'waves' | 'waiting'> {
  waves: DraftWave[];
  waiting: WaitingStatus[];
}

/** Collects events into a status, one after another. */
export interface StatusFold {
  apply(event: RolloutEvent): void;
  /** The status now; later events do not change what was returned. */
  status(): RolloutStatus;
}

/** The status after `events`: always the same for the same journal. */
export function foldStatus(plan: Plan, id: string, events: Iterable<RolloutEvent>): RolloutStatus {
  const fold = startFold(plan, id);
  for (const event of events) fold.apply(event);
  return fold.status();
}

/** Begins a fold over a rollout's journal. */
export function startFold(plan: Plan, id: string): StatusFold {
  const nodes = new Map<string, DraftNode>();
  for (const wave of planClusters(plan).flatMap(cluster => cluster.waves)) {
    for (const node of wave.nodes) nodes.set(nodeKey(node.cluster, node.name), freshNode(node, wave.index));
  }
  const clusters = plan.stages.flatMap(stage => stage.clusters.map(cluster => freshCluster(stage.name, cluster)));
  const byName = new Map(clusters.map(cluster => [cluster.name, cluster]));
  const top: Top = {
    createdAtMs: plan.createdAtMs,
    startedAtMs: null,
    endedAtMs: null,
    state: 'created',
    outcome: null,
    halt: null,
    failureBudget: plan.failureBudget,
    approvals: [],
    lastEventId: '',
  };
  // A node that no event was about is the very same object in the next status.
  const taken = new Map<string, NodeStatus>();
  return {
    apply: event => {
      top.lastEventId = event.id;
      foldTop(top, event);
      top.approvals = foldApproval(top.approvals, event, () => isFurther(byName, nodes, event));
      if (event.type === 'failure-budget-changed') foldBudget(top, byName, event);
      foldTree(byName, event);
      // From now on they are aborted instead.
      if (event.type === 'rollout-aborting') for (const node of nodes.values()) node.redo = false;
      if ('node' in event && 'cluster' in event && event.node !== undefined) {
        const key = nodeKey(event.cluster ?? '', event.node);
        const node = nodes.get(key);
        if (node) foldNodeEvent(node, event);
        taken.delete(key);
      }
    },
    status: () => snapshot(id, plan, top, clusters, nodes, taken),
  };
}

function freshCluster(stage: string, cluster: PlanCluster): DraftCluster {
  const waves = cluster.waves.map((wave): DraftWave => {
    const { index, name, concurrency, failureBudget = null } = wave;
    const nodes = wave.nodes.map(node => nodeKey(cluster.name, node.name));
    const times = { startedAtMs: null, endedAtMs: null };
    return {
      cluster: cluster.name,
      index,
      name,
      concurrency,
      failureBudget,
      state: 'pending',
      ...times,
      nodes,
      waiting: [],
      warnings: [],
    };
  });
  return {
    name: cluster.name,
    stage,
    failureBudget: cluster.failureBudget ?? null,
    state: 'pending',
    startedAtMs: null,
    endedAtMs: null,
    waves,
    waiting: [],
    warnings: [],
  };
}

/** A node nothing has happened to yet. */
export function freshNode(
  node: Pick<PlanNode, 'cluster' | 'name' | 'sequence' | 'controlPlane'>,
  wave: number,
): DraftNode {
  const { cluster, sequence, controlPlane } = node;
  const step = (): Draft<StepStatus> => ({
    state: 'waiting',
    attempt: 0,
    startedAtMs: null,
    endedAtMs: null,
    note: '',
    account: [],
    failure: null,
    proof: null,
    retryAtMs: null,
  });
  const steps = Object.fromEntries(STEPS.map(name => [name, step()])) as DraftNode['steps'];
  return {
    cluster,
    node: node.name,
    wave,
    sequence,
    controlPlane,
    state: 'pending',
    round: 0,
    step: null,
    reason: '',
    warnings: [],
    claimedAtMs: null,
    endedAtMs: null,
    slot: null,
    left: null,
    steps,
    asked: false,
    redo: false,
  };
}

/** Whether another node of its wave was claimed before the one that is claimed now. */
function isFurther(
  clusters: ReadonlyMap<string, DraftCluster>,
  nodes: ReadonlyMap<string, DraftNode>,
  event: RolloutEvent,
): boolean {
  if (event.type !== 'node-claimed') return false;
  const own = nodeKey(event.cluster, event.node);
  const members = clusters.get(event.cluster)?.waves[event.wave]?.nodes ?? [];
  return members.some(key => key !== own && (nodes.get(key)?.round ?? 0) > 0);
}

type Top = Draft<
  Pick<
    RolloutStatus,
    | 'createdAtMs'
    | 'startedAtMs'
    | 'endedAtMs'
    | 'state'
    | 'outcome'
    | 'halt'
    | 'failureBudget'
    | 'approvals'
    | 'lastEventId'
  >
>;

const HALTED = {
  'rollout-paused': 'paused',
  'rollout-stopping': 'stopping',
  'rollout-aborting': 'aborting',
} as const;

function foldTop(top: Top, event: RolloutEvent): void {
  switch (event.type) {
    case 'rollout-created':
      top.createdAtMs = event.atMs;
      break;
    case 'rollout-started':
      top.startedAtMs = event.atMs;
      if (top.state === 'created') top.state = 'running';
      break;
    case 'rollout-paused':
    case 'rollout-stopping':
    case 'rollout-aborting':
      top.state = HALTED[event.type];
      top.halt = { by: event.by, why: event.why, atMs: event.atMs };
      break;
    case 'rollout-resumed':
      top.state = 'running';
      top.halt = null;
      break;
    case 'rollout-ended':
      top.state = event.outcome;
      top.outcome = event.outcome;
      top.endedAtMs = event.atMs;
      break;
    default:
      break;
  }
}

function foldBudget(
  top: Top,
  clusters: Map<string, DraftCluster>,
  { place, budget }: Extract<RolloutEvent, { type: 'failure-budget-changed' }>,
): void {
  if (place.of === 'rollout') top.failureBudget = budget;
  else {
    const cluster = clusters.get(place.cluster);
    const changed = place.of === 'wave' ? cluster?.waves[place.wave] : cluster;
    if (changed) changed.failureBudget = budget;
  }
}

function foldTree(clusters: Map<string, DraftCluster>, event: RolloutEvent): void {
  if (!('cluster' in event)) return;
  const cluster = clusters.get(event.cluster ?? '');
  if (!cluster) return;
  const wave = 'wave' in event && event.wave !== undefined ? cluster.waves[event.wave] : undefined;
  switch (event.type) {
    case 'cluster-started':
      Object.assign(cluster, { state: 'running', startedAtMs: event.atMs });
      break;
    case 'cluster-done':
      Object.assign(cluster, { state: 'done', endedAtMs: event.atMs });
      break;
    case 'wave-started':
      if (wave) Object.assign(wave, { state: 'running', startedAtMs: event.atMs });
      break;
    case 'wave-done':
      if (wave) Object.assign(wave, { state: 'done', endedAtMs: event.atMs, waiting: [] });
      break;
    case 'concurrency-changed':
      if (wave) wave.concurrency = event.concurrency;
      break;
    case 'hook-failed':
      // One of a node is told there.
      if (event.node === undefined) (wave ?? cluster).warnings = [...(wave ?? cluster).warnings, hookWarning(event)];
      break;
    case 'waiting':
    case 'waiting-over':
    case 'node-claimed':
    case 'slot-released':
      foldWaiting(wave ?? cluster, event);
      break;
    default:
      break;
  }
}

function foldWaiting(
  place: { waiting: WaitingStatus[] },
  event: Extract<RolloutEvent, { type: 'waiting' | 'waiting-over' | 'node-claimed' | 'slot-released' }>,
): void {
  const before = place.waiting.find(entry => entry.slot === event.slot);
  const others = place.waiting.filter(entry => entry.slot !== event.slot);
  if (event.type !== 'waiting') place.waiting = others;
  else {
    const sinceMs = before?.sinceMs ?? event.atMs;
    place.waiting = [...others, { slot: event.slot, sinceMs, reasons: event.reasons }];
  }
}

function stateOf(
  plan: Plan,
  { state, failureBudget, approvals }: Top,
  clusters: readonly DraftCluster[],
  nodes: ReadonlyMap<string, DraftNode>,
): RolloutStatus['state'] {
  if (state !== 'running' && state !== 'stopping') return state;
  const waits = needsPerson(failureBudget, clusters, nodes) || waitsForApproval(plan, clusters, nodes, approvals);
  return waits ? 'waiting-on-person' : state;
}

function snapshot(
  id: string,
  plan: Plan,
  top: Top,
  clusters: readonly DraftCluster[],
  nodes: ReadonlyMap<string, DraftNode>,
  taken: Map<string, NodeStatus>,
): RolloutStatus {
  const counts = Object.fromEntries(NODE_STATES.map(state => [state, 0])) as Record<NodeState, number>;
  for (const node of nodes.values()) counts[node.state] += 1;
  const copies = [...nodes].map(([key, draft]) => {
    const copy = taken.get(key) ?? copyOf(draft);
    taken.set(key, copy);
    return [key, copy] as const;
  });
  return {
    id,
    fleet: plan.fleet,
    ...top,
    state: stateOf(plan, top, clusters, nodes),
    clusters: clusters.map(cluster => ({
      ...cluster,
      waves: cluster.waves.map(wave => ({ ...wave })),
    })),
    nodes: Object.fromEntries(copies),
    counts,
  };
}

function copyOf({ asked: _asked, redo: _redo, ...node }: DraftNode): NodeStatus {
  const steps = Object.fromEntries(STEPS.map(step => [step, { ...node.steps[step] }])) as NodeStatus['steps'];
  return { ...node, steps };
}
