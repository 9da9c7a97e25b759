import type { ClusterTimes } from '../durations/times.ts';
import { nodeKey } from '../names.ts';
import type { Plan, PlanCluster, PlanWave } from '../plan.ts';
import { resolveAmount } from '../policy.ts';
import type { RolloutStatus } from '../status.ts';
import { type Begins, runWave, type WaveEnd, type WaveRun } from './slots.ts';
import { type NodeWork, worksOf } from './work.ts';

/** What is left of something. */
export interface Left extends WaveEnd {
  /** As if all windows were open. */
  readonly leftMs: number;
}

export interface WaveEstimate extends Left {
  readonly index: number;
}

export interface ClusterEstimate extends Left {
  readonly name: string;
  /** When the window of its next wave closes; null: it is closed, or that is not to be seen. */
  readonly closesAtMs: number | null;
  /** Those that are not over. */
  readonly waves: readonly WaveEstimate[];
}

/** What is left of a rollout. Approvals, gates and failures take what they take: they are not in it. */
export interface Estimate extends Left {
  /** Those that are not over. */
  readonly clusters: readonly ClusterEstimate[];
  /** Nodes that are left of a kind that was upgraded before, and others. */
  readonly known: number;
  readonly guessed: number;
  /** What is reckoned with for the others, if it is the same for all of them. */
  readonly guessMs: number | null;
}

/** What an estimate is made from. */
export interface EstimateInput {
  readonly plan: Plan;
  /** null: it has not begun. */
  readonly status: RolloutStatus | null;
  /** What nodes took before, by cluster. */
  readonly times: Readonly<Record<string, ClusterTimes>>;
  readonly nowMs: number;
  readonly windows: {
    begins(cluster: PlanCluster, wave: PlanWave): Begins;
    /** null: closed, or not to be seen. */
    closesAtMs(cluster: PlanCluster, wave: PlanWave, atMs: number): number | null;
  };
}

const AT_ONCE: Begins = atMs => atMs;
const GOING: readonly RolloutStatus['state'][] = ['created', 'running', 'paused', 'waiting-on-person'];

/** How long a rollout still takes, as if it went on now; null: it is over, or about to be. */
export function estimate(input: EstimateInput): Estimate | null {
  const { plan, status, nowMs } = input;
  if (status && !GOING.includes(status.state)) return null;
  const works: NodeWork[] = [];
  const clusters: ClusterEstimate[] = [];
  let [freeMs, endsAtMs]: [number, number | null] = [nowMs, nowMs];
  let soakedMs = 0;
  for (const { clusters: members, soakMs = 0 } of plan.stages) {
    const [fromMs, openMs] = [freeMs + soakedMs, later(endsAtMs, soakedMs)];
    soakedMs = 0;
    for (const member of members) {
      const left = clusterLeft(input, member, fromMs, openMs, works);
      if (left.waves.length === 0) continue;
      clusters.push(left);
      soakedMs = soakMs;
      freeMs = Math.max(freeMs, fromMs + left.leftMs);
      endsAtMs = endsAtMs === null || left.endsAtMs === null ? null : Math.max(endsAtMs, left.endsAtMs);
    }
  }
  const guesses = works.filter(work => !work.isKnown);
  const [guess] = guesses;
  return {
    leftMs: freeMs - nowMs,
    endsAtMs,
    heldUp: firstOf(clusters.map(({ heldUp }) => heldUp)),
    clusters,
    known: works.length - guesses.length,
    guessed: guesses.length,
    guessMs: guess && guesses.every(({ takesMs }) => takesMs === guess.takesMs) ? guess.takesMs : null,
  };
}

/** `openMs`: when the stage begins; null: never. `freeMs`: the same as if all windows were open. */
function clusterLeft(
  input: EstimateInput,
  cluster: PlanCluster,
  freeMs: number,
  openMs: number | null,
  works: NodeWork[],
): ClusterEstimate {
  const { status, nowMs, windows } = input;
  const workOf = worksOf(cluster.policy.window, input.times[cluster.name] ?? {}, Object.values(input.times));
  const waves: WaveEstimate[] = [];
  let [freeAtMs, openAtMs] = [freeMs, openMs];
  let closesAtMs: number | null = null;
  let soakMs = 0;
  for (const wave of cluster.waves) {
    const nodes = wave.nodes.map(node => {
      const work = workOf(node, status?.nodes[nodeKey(cluster.name, node.name)], nowMs);
      return { ...work, alone: node.controlPlane };
    });
    const left = nodes.filter(({ state }) => state !== 'over');
    if (left.length === 0) continue;
    [freeAtMs, openAtMs] = [freeAtMs + soakMs, later(openAtMs, soakMs)];
    soakMs = wave.soakMs ?? 0;
    works.push(...left);
    if (waves.length === 0) closesAtMs = windows.closesAtMs(cluster, wave, openAtMs ?? nowMs);
    const run = runOf(input, cluster, wave, left);
    const free = runWave(run(freeAtMs), AT_ONCE);
    const open = openAtMs === null ? NEVER : runWave(run(openAtMs), windows.begins(cluster, wave));
    const leftMs = (free.endsAtMs ?? freeAtMs) - freeAtMs;
    waves.push({ index: wave.index, leftMs, ...open });
    freeAtMs += leftMs;
    openAtMs = open.endsAtMs;
  }
  const heldUp = firstOf(waves.map(wave => wave.heldUp));
  return { name: cluster.name, leftMs: freeAtMs - freeMs, endsAtMs: openAtMs, heldUp, closesAtMs, waves };
}

/** null stays: never. */
function later(atMs: number | null, byMs: number): number | null {
  return atMs === null ? null : atMs + byMs;
}

const NEVER: WaveEnd = { endsAtMs: null, heldUp: null };

type Working = NodeWork & { readonly alone: boolean };

function runOf(
  { status }: EstimateInput,
  { name, policy, size, kubernetes }: PlanCluster,
  wave: PlanWave,
  left: readonly Working[],
): (fromMs: number) => WaveRun {
  const now = status?.clusters.find(each => each.name === name)?.waves[wave.index];
  const concurrency = now?.concurrency ?? wave.concurrency;
  const away = left.filter(({ state }) => state === 'away');
  const queue = left.filter(({ state }) => state === 'queued').map(work => ({ ...work, takesMs: work.leftMs }));
  return fromMs => ({
    fromMs,
    slots: Math.max(1, Math.min(concurrency, resolveAmount(policy.maxUnavailable, size))),
    afterMs: kubernetes ? policy.recoverySoakMs : 0,
    away: away.map(({ leftMs, alone }) => ({ endsAtMs: fromMs + leftMs, alone })),
    queue,
  });
}

function firstOf(all: readonly WaveEnd['heldUp'][]): WaveEnd['heldUp'] {
  const known = all.filter(each => each !== null);
  return known.sort((a, b) => a.fromMs - b.fromMs)[0] ?? null;
}
