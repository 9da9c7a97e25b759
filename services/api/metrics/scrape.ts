import type { ShownMetric } from '../../../shared/domain/metrics/definition.ts';
import type { MetricFacts } from '../../../shared/domain/metrics/facts.ts';
import { showMetrics, showSilence } from '../../../shared/domain/metrics/show.ts';

/** Answers within so long are the same: several scrapers cost as much as one. */
const FRESH_MS = 2_000;
/** Prometheus gives up after 10 s by default. */
const PATIENCE_MS = 5_000;

/** What answers scrapes. */
export interface ScrapeParts {
  facts(): Promise<MetricFacts>;
  readonly version: string;
  /** Default: 5 s. */
  readonly patienceMs?: number;
  readonly now: () => number;
  /** Hears why a look failed. */
  readonly failed: (error: unknown) => void;
}

/**
 * The metrics now. One look at a time, whoever asks; when it does not end in time, or fails, only that is shown, and the
 * next scrape waits for the same look.
 */
export function scraper(parts: ScrapeParts) {
  const { version, patienceMs = PATIENCE_MS } = parts;
  let looking: Promise<readonly ShownMetric[]> | null = null;
  let last: { readonly atMs: number; readonly metrics: readonly ShownMetric[] } | null = null;
  const look = async (): Promise<readonly ShownMetric[]> => {
    try {
      const metrics = showMetrics(await parts.facts(), version);
      last = { atMs: parts.now(), metrics };
      return metrics;
    } catch (error) {
      parts.failed(error);
      return showSilence(version);
    } finally {
      looking = null;
    }
  };
  return async (): Promise<readonly ShownMetric[]> => {
    const ageMs = last === null ? -1 : parts.now() - last.atMs;
    if (last && ageMs >= 0 && ageMs < FRESH_MS) return last.metrics;
    looking ??= look();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<readonly ShownMetric[]>(resolve => {
      timer = setTimeout(() => resolve(showSilence(version)), patienceMs);
    });
    try {
      return await Promise.race([looking, patience]);
    } finally {
      clearTimeout(timer);
    }
  };
}
