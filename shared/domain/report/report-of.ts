import { waveKey } from '../estimate/made.ts';
import { NODE_STATES, type NodeState, type RolloutEvent, SETTLED_STATES } from '../events.ts';
import { foldStatus } from '../fold.ts';
import { nodeKey } from '../names.ts';
import { type Plan, type PlanWave, planClusters } from '../plan.ts';
import type { NodeStatus, RolloutStatus } from '../status.ts';
import { deviationsOf } from './deviations.ts';
import { NodeDeedsFold } from './node-deeds.ts';
import type { NodeReport, RolloutReport, WaveReport } from './report.ts';

/** The report of a rollout from its plan and whole journal; of one that goes on: how far it is. */
export function reportOf(plan: Plan, id: string, events: readonly RolloutEvent[]): RolloutReport {
  const status = foldStatus(plan, id, events);
  const created = events.find(event => event.type === 'rollout-created');
  const estimate = created?.estimate ?? null;
  return {
    id,
    fleet: plan.fleet,
    by: created?.by ?? '',
    outcome: status.outcome,
    createdAtMs: status.createdAtMs,
    startedAtMs: status.startedAtMs,
    endedAtMs: status.endedAtMs,
    estimate,
    counts: status.counts,
    waves: wavesOf(plan, status, estimate?.waves ?? {}),
    nodes: nodesOf(plan, status, events),
    leftOut: planClusters(plan).flatMap(({ name, leftOut }) => leftOut.map(each => ({ cluster: name, ...each }))),
    deviations: deviationsOf(events),
  };
}

function wavesOf(
  plan: Plan,
  { clusters, nodes }: RolloutStatus,
  estimated: Readonly<Record<string, number>>,
): WaveReport[] {
  return plan.stages.flatMap(stage =>
    stage.clusters.flatMap(({ name: cluster, waves }) =>
      waves.map((wave): WaveReport => {
        const { index, name, concurrency } = wave;
        const stood = clusters.find(each => each.name === cluster)?.waves[index];
        const states = wave.nodes.map(node => nodes[nodeKey(cluster, node.name)]?.state);
        return {
          stage: stage.name,
          cluster,
          index,
          wave: name,
          nodes: wave.nodes.length,
          concurrency,
          counts: countsOf(states),
          startedAtMs: stood?.startedAtMs ?? null,
          endedAtMs: stood?.endedAtMs ?? null,
          estimatedMs: estimated[waveKey(cluster, index)] ?? null,
        };
      }),
    ),
  );
}

function countsOf(states: readonly (NodeState | undefined)[]): Record<NodeState, number> {
  const counts = NODE_STATES.map(state => [state, states.filter(each => each === state).length]);
  return Object.fromEntries(counts) as Record<NodeState, number>;
}

function nodesOf(plan: Plan, status: RolloutStatus, events: readonly RolloutEvent[]): NodeReport[] {
  const waves = new Map<string, PlanWave>();
  const folds = new Map<string, NodeDeedsFold>();
  for (const { name, waves: members } of planClusters(plan)) {
    for (const wave of members) {
      for (const node of wave.nodes) {
        waves.set(nodeKey(name, node.name), wave);
        folds.set(nodeKey(name, node.name), new NodeDeedsFold());
      }
    }
  }
  for (const event of events) {
    if ('node' in event && event.node !== undefined && 'cluster' in event && event.cluster !== undefined) {
      folds.get(nodeKey(event.cluster, event.node))?.apply(event);
    }
  }
  return [...folds].flatMap(([key, fold]) => {
    const [node, wave] = [status.nodes[key], waves.get(key)];
    return node && wave ? [nodeReport(node, wave, fold)] : [];
  });
}

function nodeReport(status: NodeStatus, wave: PlanWave, fold: NodeDeedsFold): NodeReport {
  const { cluster, node, sequence, controlPlane, state, round, endedAtMs, reason, left } = status;
  const isWell = state === 'done' || state === 'pending' || state === 'claimed';
  return {
    cluster,
    node,
    wave: wave.index,
    waveName: wave.name,
    sequence,
    controlPlane,
    state,
    rounds: round,
    endedAtMs: SETTLED_STATES.includes(state) ? endedAtMs : null,
    reason: isWell ? '' : reason,
    leftAs: left?.state ?? '',
    todo: left?.todo ?? '',
    ...fold.deeds(),
  };
}
