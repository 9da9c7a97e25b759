import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client';
import type { ShownMetric } from '../domain/metrics/definition.ts';

/** Gauges of the library under names that Prometheus keeps for counters; each is a sum of others that are shown. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** What a scrape is answered with. */
export interface Exposition {
  readonly contentType: string;
  /** The metrics with those of this process, in Prometheus' text format. */
  text(metrics: readonly ShownMetric[]): Promise<string>;
  /** Lets go of what was told of this process. */
  stop(): void;
}

/** Makes answers to scrapes; watches this process (CPU, memory, event loop, garbage collection) from now on. */
export function startExposition(): Exposition {
  const process = new Registry();
  collectDefaultMetrics({ register: process });
  for (const name of MISNAMED) process.removeSingleMetric(name);
  return {
    contentType: Registry.PROMETHEUS_CONTENT_TYPE,
    text: async metrics => {
      // The way of prom-client for values that were counted elsewhere.
      const shown = AggregatorRegistry.aggregate([metrics.map(metric => ({ ...metric, aggregator: 'first' }))]);
      const parts = await Promise.all([shown.metrics(), process.metrics()]);
      return parts.join('\n');
    },
    stop: () => process.clear(),
  };
}
