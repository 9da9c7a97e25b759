import { NODE_STATES, type NodeState } from '../../shared/domain/events.ts';
import type { ClusterStatus, NodeStatus, RolloutStatus, StepStatus, WaveStatus } from '../../shared/domain/status.ts';
import { STEPS, type StepName } from '../../shared/domain/steps.ts';

/** 2026-03-01T12:00:00Z: when the made rollouts began. */
export const BEGAN_MS = Date.UTC(2026, 2, 1, 12);

const UNTOUCHED: StepStatus = {
  state: 'waiting',
  attempt: 0,
  startedAtMs: null,
  endedAtMs: null,
  note: '',
  account: [],
  failure: null,
  proof: null,
  retryAtMs: null,
};

/** A node in `state`, at `step` if given, with that step changed by `at`. */
export function nodeStatus(
  node: string,
  state: NodeState,
  more: Partial<NodeStatus> & { at?: Partial<StepStatus> } = {},
): NodeStatus {
  const { at, ...fields } = more;
  const steps = Object.fromEntries(STEPS.map(step => [step, UNTOUCHED])) as Record<StepName, StepStatus>;
  if (fields.step) steps[fields.step] = { ...UNTOUCHED, state: 'running', attempt: 1, startedAtMs: BEGAN_MS, ...at };
  return {
    cluster: 'c',
    node,
    wave: 0,
    sequence: 1,
    controlPlane: false,
    state,
    round: state === 'pending' ? 0 : 1,
    step: null,
    reason: '',
    warnings: [],
    claimedAtMs: state === 'pending' ? null : BEGAN_MS,
    endedAtMs: null,
    slot: null,
    left: null,
    steps,
    ...fields,
  };
}

/** A wave as a rollout is made from it: its nodes instead of their keys. */
export interface MadeWave extends Partial<Omit<WaveStatus, 'nodes'>> {
  readonly nodes: readonly NodeStatus[];
}

/** A cluster as a rollout is made from it. */
export interface MadeCluster extends Partial<Omit<ClusterStatus, 'waves'>> {
  readonly name: string;
  readonly waves: readonly MadeWave[];
}

/** A rollout's status made of clusters; ids, counts and keys follow. */
export function rolloutStatus(made: readonly MadeCluster[], more: Partial<RolloutStatus> = {}): RolloutStatus {
  const nodes: Record<string, NodeStatus> = {};
  const clusters = made.map(cluster => {
    const waves = cluster.waves.map((wave, index) => {
      const { nodes: members, ...rest } = wave;
      for (const node of members)
        nodes[`${cluster.name}/${node.node}`] = { ...node, cluster: cluster.name, wave: index };
      return {
        cluster: cluster.name,
        index,
        name: String(index + 1),
        concurrency: 2,
        failureBudget: null,
        state: 'running' as const,
        startedAtMs: BEGAN_MS,
        endedAtMs: null,
        waiting: [],
        warnings: [],
        ...rest,
        nodes: members.map(node => `${cluster.name}/${node.node}`),
      };
    });
    const { waves: _, ...rest } = cluster;
    return {
      stage: cluster.name,
      failureBudget: null,
      state: 'running' as const,
      startedAtMs: BEGAN_MS,
      endedAtMs: null,
      waiting: [],
      warnings: [],
      ...rest,
      waves,
    };
  });
  const all = Object.values(nodes);
  return {
    id: 'r-20260301-120000-k3f9',
    fleet: 'shop',
    createdAtMs: BEGAN_MS,
    startedAtMs: BEGAN_MS,
    endedAtMs: null,
    state: 'running',
    outcome: null,
    halt: null,
    failureBudget: 0,
    clusters,
    nodes,
    approvals: [],
    counts: Object.fromEntries(
      NODE_STATES.map(state => [state, all.filter(node => node.state === state).length]),
    ) as Record<NodeState, number>,
    lastEventId: '',
    ...more,
  };
}
