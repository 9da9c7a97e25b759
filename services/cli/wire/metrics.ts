import type { Clock } from '../../../shared/ports/clock.ts';
import type { RolloutReader } from '../../../shared/ports/store.ts';
import type { SurveyReader } from '../../../shared/ports/survey.ts';
import type { queueDepths as depthsOf } from '../../../shared/queue/depths.ts';
import type { ServiceLog } from '../../common/log.ts';
import type { RedisConnection } from './open-redis.ts';

/** What metrics are read from. */
export interface MetricsWire {
  /** Gives up on a Redis that is gone. */
  readonly connection: RedisConnection;
  readonly prefix: string;
  readonly rollouts: RolloutReader;
  readonly surveys: SurveyReader;
  readonly queues: Parameters<typeof depthsOf>[1];
  readonly clock: Clock;
  readonly log: ServiceLog;
  /** Why Redis cannot be asked now; null: it can. */
  notReady(): Promise<string | null>;
}

/** Makes what `/metrics` answers with; `stop` ends the watching of this process. */
export async function openMetrics(wire: MetricsWire) {
  const { connection, prefix, rollouts, surveys, queues, clock } = wire;
  const [{ metricsOf }, { RedisMetricsStore }, { RedisOutbox }, { queueDepths }, { startExposition }] =
    await Promise.all([
      import('../../api/main.ts'),
      import('../../../shared/journal/metrics-store.ts'),
      import('../../../shared/journal/outbox.ts'),
      import('../../../shared/queue/depths.ts'),
      import('../../../shared/telemetry/exposition.ts'),
    ]);
  const exposition = startExposition();
  const sources = {
    store: new RedisMetricsStore(connection, prefix),
    rollouts,
    surveys,
    outbox: new RedisOutbox(connection, prefix),
    queues: (nowMs: number) => queueDepths(connection, queues, nowMs),
  };
  return { metrics: metricsOf(sources, exposition, () => clock.now(), wire), stop: () => exposition.stop() };
}
