import type { MetricValue, ShownMetric } from './definition.ts';
import { METRICS, type MetricName, metricDefinition } from './table.ts';

/** Values of metrics while they are collected: those with the same labels add up. */
export class Series {
  readonly #values = new Map<MetricName, Map<string, MetricValue>>();

  /** Adds to the value with these labels, given in the order of the table. */
  add(name: MetricName, labels: readonly string[], value: number): void {
    this.#set(name, labels, before => (before ?? 0) + value);
  }

  /** The least value of those with these labels stays. */
  least(name: MetricName, labels: readonly string[], value: number): void {
    this.#set(name, labels, before => Math.min(before ?? value, value));
  }

  /** A value of a histogram, as Prometheus shows it. */
  part(name: MetricName, suffix: '_bucket' | '_sum' | '_count', labels: MetricValue['labels'], value: number): void {
    const metricName = `${name}${suffix}`;
    this.#of(name).set(JSON.stringify([metricName, labels]), { metricName, labels, value });
  }

  /** In the order of the table; a metric without a value is shown all the same. */
  all(): readonly ShownMetric[] {
    return (Object.keys(METRICS) as MetricName[]).map(name => {
      const { help, type } = metricDefinition(name);
      return { name, help, type, values: [...this.#of(name).values()] };
    });
  }

  #set(name: MetricName, values: readonly string[], next: (before: number | undefined) => number): void {
    const labels = labelsOf(name, values);
    const key = JSON.stringify(values);
    const of = this.#of(name);
    of.set(key, { labels, value: next(of.get(key)?.value) });
  }

  #of(name: MetricName): Map<string, MetricValue> {
    const known = this.#values.get(name);
    if (known) return known;
    const made = new Map<string, MetricValue>();
    this.#values.set(name, made);
    return made;
  }
}

/** The labels of a metric with these values, in the order of the table. */
export function labelsOf(name: MetricName, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(metricDefinition(name).labels.map((label, at) => [label, values[at] ?? '']));
}
