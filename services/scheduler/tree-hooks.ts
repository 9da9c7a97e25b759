import type { Job } from 'bullmq';
import { hookEnvironment } from '../../shared/domain/hooks/environment.ts';
import type { Hook } from '../../shared/domain/hooks/hook.ts';
import { type HookMoment, hasHooksOf, hooksAt, momentText } from '../../shared/domain/hooks/moment.ts';
import { nodeKey } from '../../shared/domain/names.ts';
import type { PlanCluster, PlanWave } from '../../shared/domain/plan.ts';
import type { RolloutMeta } from '../../shared/ports/engine-store.ts';
import type { ClusterJob } from '../../shared/queue/names.ts';
import { type HookRun, runOnControl } from '../common/run-hook.ts';
import type { SchedulerDeps } from './deps.ts';
import { LONGEST_DELAY_MS } from './look-again.ts';
import { untilAborted } from './until-aborted.ts';

/** What the hooks go around: a wave, or (null) the whole cluster. */
export interface HookPlace {
  readonly cluster: PlanCluster;
  readonly wave: PlanWave | null;
}

/** Between two looks at a cluster that is not ours. */
const LEASE_RETRY_MS = 5_000;
/** Why no wave opens: what has not begun gets no hooks either. */
const SHUT: Partial<Record<RolloutMeta['state'], string>> = {
  paused: 'the rollout is paused',
  stopping: 'the rollout stops: no further wave is opened',
};
const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 60_000;

/**
 * Runs the hooks before or after a wave or cluster, each until it has succeeded or is passed over; that is marked in the
 * store. Returns ms until the next look, or null: all is done, and the wave or cluster may go on. The lock of its job
 * keeps schedulers apart; one that dies in a hook leaves it to the next to run again. An abort ends the waiting: what has
 * not begun needs no hooks, what has begun is told that it was aborted.
 */
export async function treeHooks(
  deps: SchedulerDeps,
  job: Job<ClusterJob>,
  place: HookPlace,
  when: Hook['when'],
): Promise<number | null> {
  const { rollout } = job.data;
  const { hooks } = place.cluster.policy;
  if (!hasHooksOf(hooks, ofPlace(place))) return null;
  for (const hook of hooks) {
    // Anew for each: the one before may have taken an hour.
    const meta = await deps.store.meta(rollout);
    const moment = await momentOf(deps, job, place, when, meta?.state === 'aborting');
    if (!moment || hooksAt([hook], moment).length === 0) continue;
    if (await deps.store.hasMark(rollout, markOf(hook, place, moment))) continue;
    const obstacle = await obstacleTo(deps, rollout, place, moment, meta);
    if (obstacle !== null) {
      await tellWaiting(deps, rollout, place, [`hook ${hook.name}: ${obstacle.reason}`]);
      return obstacle.afterMs;
    }
    const wait = await settle(deps, job, place, moment, hook);
    if (wait !== null) return wait;
  }
  await tellWaiting(deps, rollout, place, []);
  return null;
}

/**
 * What keeps a hook from running now. The cluster has to be ours as for a claim; but an abort is told in any case, else a
 * cluster that does not answer any more would keep the rollout from its end.
 */
async function obstacleTo(
  deps: SchedulerDeps,
  rollout: string,
  { cluster }: HookPlace,
  moment: HookMoment,
  meta: RolloutMeta | null,
): Promise<{ readonly reason: string; readonly afterMs: number } | null> {
  const shut = moment.when === 'before' && SHUT[meta?.state ?? 'running'];
  if (shut) return { reason: shut, afterMs: LONGEST_DELAY_MS };
  if (moment.when === 'after' && moment.outcome === 'aborted') return null;
  const holder = { installation: meta?.installation ?? '', rollout };
  const lost = await deps.leases.hold(cluster, holder, deps.signal);
  // A scheduler that stops has seen nothing that would be worth telling.
  deps.signal.throwIfAborted();
  return lost === null ? null : { reason: `cluster ${cluster.name} is not ours: ${lost}`, afterMs: LEASE_RETRY_MS };
}

/** null: nothing that has begun, and nothing that will. */
async function momentOf(
  deps: SchedulerDeps,
  job: Job<ClusterJob>,
  place: HookPlace,
  when: Hook['when'],
  aborting: boolean,
): Promise<HookMoment | null> {
  const of = ofPlace(place);
  if (when === 'before') return aborting ? null : { when, of };
  if (!aborting) return { when, of, outcome: 'done' };
  return (await hasBegun(deps, job, place)) ? { when, of, outcome: 'aborted' } : null;
}

/** A node was taken, or a hook before it all was run: what that did has to be undone, even if it failed. */
async function hasBegun({ store }: SchedulerDeps, job: Job<ClusterJob>, place: HookPlace): Promise<boolean> {
  const { cluster, wave } = place;
  const { rollout, hooksBegun } = job.data;
  if (hooksBegun) return true;
  const planned = wave?.nodes ?? cluster.waves.flatMap(each => each.nodes);
  const records = await store.nodes(
    rollout,
    planned.map(node => nodeKey(cluster.name, node.name)),
  );
  return records.some(record => record !== null && record.round > 0);
}

/** One run, unless it is too early for it. Returns ms until the next; null: the hook is settled. */
async function settle(
  deps: SchedulerDeps,
  job: Job<ClusterJob>,
  place: HookPlace,
  moment: HookMoment,
  hook: Hook,
): Promise<number | null> {
  const { store } = deps;
  const { rollout } = job.data;
  const what = `hook ${hook.name} (${momentText(moment)})`;
  const tried = job.data.hook?.name === hook.name ? job.data.hook : { failures: 0, notBeforeMs: 0, reason: 'runs' };
  await tellWaiting(deps, rollout, place, [`${what} ${tried.reason}`]);
  const earlyMs = tried.notBeforeMs - (await store.now());
  if (earlyMs > 0) return earlyMs;
  if (moment.when === 'before' && !job.data.hooksBegun) await job.updateData({ ...job.data, hooksBegun: true });
  const run = await runHook(deps, rollout, place, moment, hook);
  // Cut off: what follows from the abort is judged anew.
  if (run === null) return 0;
  if (run.ok) return pass(deps, rollout, place, moment, hook, run);
  const failures = tried.failures + 1;
  const canStop = moment.when === 'before' || moment.outcome === 'done';
  if (failures >= hook.attempts && !(canStop && hook.onFailure === 'stop')) {
    return pass(deps, rollout, place, moment, hook, run);
  }
  const afterMs = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS);
  const reason = `failed: ${run.reason}`;
  const notBeforeMs = (await store.now()) + afterMs;
  await job.updateData({ ...job.data, hook: { name: hook.name, failures, notBeforeMs, reason } });
  deps.log.warn({ rollout, cluster: place.cluster.name, hook: hook.name, output: run.output }, 'a hook failed');
  await tellWaiting(deps, rollout, place, [`${what} ${reason}`]);
  return afterMs;
}

/** null: an abort came meanwhile, the command is dead. */
async function runHook(
  deps: SchedulerDeps,
  rollout: string,
  { cluster, wave }: HookPlace,
  moment: HookMoment,
  hook: Hook,
): Promise<HookRun | null> {
  const fleet = (await deps.store.plan(rollout))?.fleet ?? '';
  const about = { fleet, rollout, cluster: cluster.name, wave };
  const nobody = { node: null, step: null, round: 0, attempt: 0, reason: '', code: '' };
  const env = hookEnvironment(hook, moment, { ...about, ...nobody });
  const run = (signal: AbortSignal): Promise<HookRun> => runOnControl(deps.control, deps.clock, hook, env, signal);
  // What puts things back runs to its end.
  return moment.when === 'before' ? untilAborted(deps, rollout, run) : run(deps.signal);
}

/** Marks it as settled and tells how, both once. */
async function pass(
  { store }: SchedulerDeps,
  rollout: string,
  place: HookPlace,
  moment: HookMoment,
  hook: Hook,
  run: HookRun,
): Promise<null> {
  const { cluster, wave } = place;
  const at = { cluster: cluster.name, ...(wave === null ? {} : { wave: wave.index }) };
  const what = { ...at, hook: hook.name, when: moment.when, of: moment.of };
  await store.advance(rollout, {
    mark: markOf(hook, place, moment),
    requires: [],
    kind: 'plain',
    event: run.ok
      ? { type: 'hook-done', ...what, tookMs: run.tookMs }
      : { type: 'hook-failed', ...what, reason: run.reason },
  });
  return null;
}

async function tellWaiting(
  { store }: SchedulerDeps,
  rollout: string,
  { cluster, wave }: HookPlace,
  reasons: readonly string[],
): Promise<void> {
  const slot = `hooks ${keyOf({ cluster, wave })}`;
  await store.waiting(rollout, { cluster: cluster.name, wave: wave?.index ?? -1, slot }, reasons);
}

function ofPlace({ wave }: HookPlace): 'wave' | 'cluster' {
  return wave === null ? 'cluster' : 'wave';
}

function keyOf({ cluster, wave }: HookPlace): string {
  return wave === null ? cluster.name : `${cluster.name}/${wave.index}`;
}

function markOf(hook: Hook, place: HookPlace, moment: HookMoment): string {
  return `hook:${keyOf(place)}:${moment.when === 'before' ? '' : moment.outcome}:${hook.name}`;
}
