import { failureOf } from '../../../shared/domain/failure.ts';
import { type Plan, planClusters } from '../../../shared/domain/plan.ts';
import type { StartOutcome, StartRecord, StoredSchedule, WorkWanted } from '../../../shared/domain/schedule.ts';
import { reckonPlan } from '../../common/estimates.ts';
import { type HostProbe, probePlan } from '../../common/planning/probe.ts';
import type { ScheduleDeps } from './deps.ts';
import { holderOf } from './overlap.ts';
import { blockersOf, planStart } from './plan-start.ts';
import { type FoundWork, foundWork, hasWork, workText } from './work.ts';

/** A rollout has a cluster of this start. */
export interface Held {
  readonly kind: 'held';
  readonly rollout: string;
  /** Those that the start wants. */
  readonly clusters: readonly string[];
}

/**
 * Plans a start and begins its rollout under the id given, unless something speaks against it. Twice is as good as
 * once. Throws only what may be tried again: that the store did not answer, or that the scheduler stops.
 */
export async function beginStart(
  deps: ScheduleDeps,
  schedule: StoredSchedule,
  record: StartRecord,
  rollout: string,
): Promise<StartOutcome | Held> {
  const first = await guarded(deps, () => planStart(deps, schedule, withoutLimit(schedule)));
  if (first.kind !== 'planned') return first;
  const held = await heldBy(deps, first.plan);
  if (held) return held;
  const wanted = await guarded(deps, () => planOfWork(deps, schedule, first.plan));
  if (wanted.kind !== 'wanted') return wanted;
  const { plan, note } = wanted;
  const blocked = await guarded(deps, async () => (await blockersOf(deps, plan)) ?? { kind: 'free' as const });
  if (blocked.kind !== 'free') return blocked;
  // Asking the hosts takes its time: who took the schedule away meanwhile does not want its rollout.
  if ((await deps.schedules.schedule(schedule.name)) === null) return { kind: 'skipped', note: 'the schedule is gone' };
  const by = record.by === '' ? `schedule ${schedule.name}` : `${record.by}, schedule ${schedule.name}`;
  const estimate = await reckonPlan(deps.store, plan, await deps.store.now());
  const created = await deps.store.create(rollout, plan, by, false, estimate);
  if (!created.ok)
    return { kind: 'held', rollout: created.holder, clusters: planClusters(plan).map(each => each.name) };
  await deps.queues.addTreeJob('rollout', rollout, plan.fleet, { rollout });
  return { kind: 'started', rollout, note };
}

type Wanted = { readonly kind: 'wanted'; readonly plan: Plan; readonly note: string };

/** The plan of what is to be done; `nothing` where the schedule wants only what there is not. */
async function planOfWork(deps: ScheduleDeps, schedule: StoredSchedule, plan: Plan): Promise<Wanted | StartOutcome> {
  if (schedule.mode === 'watch') return planOfReboots(deps, schedule, plan);
  if (schedule.onlyIf === null) return { kind: 'wanted', plan, note: '' };
  const found = await askHosts(deps, plan, schedule.onlyIf);
  const note = workText(found, schedule.onlyIf);
  return hasWork(found, schedule.onlyIf) ? { kind: 'wanted', plan, note } : { kind: 'nothing', note };
}

/** A host that cannot be asked is not rebooted on suspicion: it stays out until it answers. */
async function planOfReboots(deps: ScheduleDeps, schedule: StoredSchedule, plan: Plan): Promise<Wanted | StartOutcome> {
  const found = await askHosts(deps, plan, 'reboots');
  const note = workText(found, 'reboots');
  if (found.reboots.length === 0) return { kind: 'nothing', note };
  const planned = await planStart(deps, schedule, { ...schedule.narrow, nodes: found.reboots });
  return planned.kind === 'planned' ? { kind: 'wanted', plan: planned.plan, note } : planned;
}

async function askHosts(deps: ScheduleDeps, plan: Plan, wanted: WorkWanted): Promise<FoundWork> {
  // Who only wants to know of reboots has no package lists refreshed.
  const rebootsOnly: HostProbe = (host, policy, signal) =>
    deps.probe(host, { ...policy, upgrade: { ...policy.upgrade, manager: 'none' } }, signal);
  const probe = wanted === 'reboots' ? rebootsOnly : deps.probe;
  return foundWork(plan, await probePlan(plan, deps.connectHost, probe, deps.signal));
}

async function heldBy(deps: ScheduleDeps, plan: Plan): Promise<Held | null> {
  const clusters = planClusters(plan).map(({ name }) => name);
  const rollout = await holderOf(deps.store, clusters);
  return rollout === null ? null : { kind: 'held', rollout, clusters };
}

/** Of a watch the limit is of the nodes that want a reboot. */
function withoutLimit({ mode, narrow }: StoredSchedule): StoredSchedule['narrow'] {
  return mode === 'watch' ? { ...narrow, limit: null } : narrow;
}

/** What goes wrong with the world is the outcome of the start; a stop is not. */
async function guarded<T>(
  deps: ScheduleDeps,
  ask: () => Promise<T>,
): Promise<T | Extract<StartOutcome, { kind: 'refused' | 'failed' }>> {
  try {
    return await ask();
  } catch (error) {
    deps.signal.throwIfAborted();
    return { kind: 'failed', note: failureOf(error).message };
  }
}
