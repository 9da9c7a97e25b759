import { metricsOf } from '../../services/api/main.ts';
import type { MetricSources } from '../../services/api/metrics/gather.ts';
import { SILENT_LOG } from '../../services/common/log.ts';
import { RedisMetricsStore } from '../../shared/journal/metrics-store.ts';
import { RedisOutbox } from '../../shared/journal/outbox.ts';
import { RedisSurveyStore } from '../../shared/journal/survey-store.ts';
import { queueDepths } from '../../shared/queue/depths.ts';
import { startExposition } from '../../shared/telemetry/exposition.ts';
import type { TestEngine } from './engine.ts';

/** Values of a scrape by `name{label="value",…}`, as they stand there. */
export type Scraped = ReadonlyMap<string, number>;

/** Reads the text of a scrape. */
export function readScrape(text: string): Scraped {
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map(line => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

/** Where the metrics of an engine of a test come from. */
export function metricSources({ store, queues, connection, prefix }: TestEngine): MetricSources {
  return {
    store: new RedisMetricsStore(connection, prefix),
    rollouts: store,
    surveys: new RedisSurveyStore(connection, prefix),
    outbox: new RedisOutbox(connection, prefix),
    queues: nowMs => queueDepths(connection, queues.all(), nowMs),
  };
}

/** What `/metrics` of one of the processes on this engine's store answers with; it looks anew each time. */
export function replica(engine: TestEngine, sources: MetricSources = metricSources(engine)) {
  const exposition = startExposition();
  let tick = 0;
  const later = () => {
    tick += 1_000_000;
    return tick;
  };
  const metrics = metricsOf(sources, exposition, later, { log: SILENT_LOG, notReady: async () => null });
  return { ...metrics, scrape: async () => readScrape(await metrics.text()), stop: () => exposition.stop() };
}
