import { readTotalField } from './amounts.ts';
import type { MetricFacts } from './facts.ts';
import { labelsOf, type Series } from './series.ts';
import { METRICS, type MetricName, metricDefinition } from './table.ts';

/** Metrics of the table that are kept in ms. */
const IN_MS: readonly MetricName[] = ['nodetide_waiting_seconds_total'];

/** The buckets of one histogram with the same labels, none of them cumulative yet. */
interface Buckets {
  readonly name: MetricName;
  readonly values: readonly string[];
  sumMs: number;
  readonly counts: Map<number, number>;
}

/** Counters and histograms: what is counted for good, and of what still waits the time until now. */
export function showTotals(series: Series, { counts, successes, waits }: MetricFacts): void {
  const histograms = new Map<string, Buckets>();
  for (const outcome of ['done', 'aborted']) series.add('nodetide_rollouts_ended_total', [outcome], 0);
  series.add('nodetide_mended_total', [], 0);
  for (const [field, count] of counts) {
    const { name, values, part } = readTotalField(field);
    // Another version may have counted what this one does not know.
    if (!(name in METRICS)) continue;
    if (part === undefined) series.add(name, values, IN_MS.includes(name) ? count / 1_000 : count);
    else collect(histograms, name, values, part, count);
  }
  for (const buckets of histograms.values()) showHistogram(series, buckets);
  for (const { cluster, kinds, untilMs } of waits) {
    for (const { reason, gate, sinceMs } of kinds) {
      const seconds = Math.max(0, untilMs - sinceMs) / 1_000;
      series.add('nodetide_waiting_seconds_total', [cluster, reason, gate], seconds);
    }
  }
  for (const [cluster, atMs] of successes) {
    series.add('nodetide_cluster_last_success_timestamp_seconds', [cluster], atMs / 1_000);
  }
}

function collect(
  histograms: Map<string, Buckets>,
  name: MetricName,
  values: readonly string[],
  part: string,
  count: number,
): void {
  const key = JSON.stringify([name, values]);
  const buckets = histograms.get(key) ?? { name, values, sumMs: 0, counts: new Map<number, number>() };
  histograms.set(key, buckets);
  if (part === 'sum') buckets.sumMs = count;
  else buckets.counts.set(part === '+Inf' ? Number.POSITIVE_INFINITY : Number(part), count);
}

/** Counts of bounds that another version had go into the next bucket that this one has. */
function showHistogram(series: Series, { name, values, sumMs, counts }: Buckets): void {
  const labels = labelsOf(name, values);
  const upTo = (bound: number): number => {
    let total = 0;
    for (const [own, count] of counts) if (own <= bound) total += count;
    return total;
  };
  for (const bound of metricDefinition(name).buckets ?? []) {
    series.part(name, '_bucket', { ...labels, le: bound }, upTo(bound));
  }
  const all = upTo(Number.POSITIVE_INFINITY);
  series.part(name, '_bucket', { ...labels, le: '+Inf' }, all);
  series.part(name, '_sum', labels, sumMs / 1_000);
  series.part(name, '_count', labels, all);
}
