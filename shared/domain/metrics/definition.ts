/** One metric: what Prometheus is told of it, and what docs/metrics.md shows. */
export interface MetricDefinition {
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly labels: readonly string[];
  /** One sentence without a full stop. Units are base units: seconds, or seconds since 1970. */
  readonly help: string;
  /** Of histograms: upper bounds in seconds, rising. */
  readonly buckets?: readonly number[];
}

/** A value with its labels, as Prometheus shows it. */
export interface MetricValue {
  /** Of histograms: with `_bucket`, `_sum` or `_count`. Missing: the metric's own name. */
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** A metric with its values now. */
export interface ShownMetric {
  readonly name: string;
  readonly help: string;
  readonly type: MetricDefinition['type'];
  readonly values: readonly MetricValue[];
}
