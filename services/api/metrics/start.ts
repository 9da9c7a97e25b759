import type { ShownMetric } from '../../../shared/domain/metrics/definition.ts';
import { VERSION } from '../../../shared/domain/version.ts';
import { type ErrorParts, logFault } from '../v1/errors.ts';
import { StatusCache } from '../v1/status-cache.ts';
import { Counter } from './counter.ts';
import { gatherFacts, type MetricSources } from './gather.ts';
import type { ApiMetrics } from './parts.ts';
import { scraper } from './scrape.ts';

/** How metrics become text. */
export interface MetricText {
  readonly contentType: string;
  text(metrics: readonly ShownMetric[]): Promise<string>;
}

/** Makes what `/metrics` answers with. `now`: a clock for the age of answers, ms. */
export function metricsOf(
  sources: MetricSources,
  format: MetricText,
  now: () => number,
  trouble: ErrorParts,
): ApiMetrics {
  const counter = new Counter(sources.store, sources.rollouts);
  const statuses = new StatusCache(sources.rollouts);
  const facts = () => gatherFacts(sources, counter, statuses);
  const failed = (error: unknown) => void logFault(error, 'metrics cannot be gathered', trouble);
  const metrics = scraper({ facts, version: VERSION, now, failed });
  return { contentType: format.contentType, text: async () => format.text(await metrics()) };
}
