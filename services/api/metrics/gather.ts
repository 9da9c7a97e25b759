import type { MetricFacts, QueueDepth } from '../../../shared/domain/metrics/facts.ts';
import { dueSummary } from '../../../shared/domain/survey/summary.ts';
import type { MetricsStore, Totals } from '../../../shared/ports/metrics.ts';
import type { Outbox } from '../../../shared/ports/outbox.ts';
import type { RolloutReader } from '../../../shared/ports/store.ts';
import type { SurveyReader } from '../../../shared/ports/survey.ts';
import type { StatusCache } from '../v1/status-cache.ts';
import type { Counter } from './counter.ts';

/** Where metrics come from. */
export interface MetricSources {
  readonly store: MetricsStore;
  readonly rollouts: RolloutReader;
  readonly surveys: SurveyReader;
  readonly outbox: Pick<Outbox, 'tally'>;
  queues(nowMs: number): Promise<readonly QueueDepth[]>;
}

/** Reads everything that is shown, and counts what has happened since the last time. */
export async function gatherFacts(
  sources: MetricSources,
  counter: Counter,
  statuses: StatusCache,
): Promise<MetricFacts> {
  const { store, rollouts } = sources;
  const kept = await store.rollouts();
  const active = kept.filter(({ state }) => state !== 'done' && state !== 'aborted');
  statuses.hold(active.map(({ id }) => id));
  const nowMs = await store.now();
  const order = [...active, ...kept.filter(each => !active.includes(each))].map(({ id }) => id);
  const uncounted = await counter.countOn(order, nowMs);
  const [totals, holders, gateHolds, engines, queues, targets, surveys, seen] = await Promise.all([
    store.totals(),
    store.holders(),
    store.gateHolds(),
    rollouts.engines(),
    sources.queues(nowMs),
    sources.outbox.tally(),
    sources.surveys.surveys(),
    Promise.all(active.map(({ id }) => statusOf(rollouts, statuses, id))),
  ]);
  const states = new Map(seen.flatMap(each => (each ? [[each.status.id, each.status.state] as const] : [])));
  const { positions, counts, successes } = totals;
  return {
    rolloutStates: kept.map(({ id, state }) => states.get(id) ?? state),
    active: seen.filter(each => each !== null),
    waits: openWaits(positions, counter),
    uncounted: uncounted.length,
    counts,
    successes,
    holders,
    gateHolds,
    engines,
    queues,
    targets,
    surveys: new Map(surveys.map(survey => [survey.cluster, dueSummary(survey)])),
  };
}

function openWaits(positions: Totals['positions'], counter: Counter): MetricFacts['waits'] {
  return [...positions].flatMap(([id, { last, state }]) =>
    Object.values(state.waits).map(wait => ({ ...wait, untilMs: counter.untilMs(id, last) })),
  );
}

async function statusOf(rollouts: RolloutReader, statuses: StatusCache, id: string) {
  const [plan, status] = await Promise.all([rollouts.plan(id), statuses.status(id)]);
  return plan && status && { plan, status };
}
