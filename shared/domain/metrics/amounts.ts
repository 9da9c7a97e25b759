import { type MetricName, metricDefinition } from './table.ts';

/** A field of the totals, and by how much it rises: counts, or whole milliseconds. */
export type Increment = readonly [field: string, by: number];

/** What a field of the totals is about. */
export interface TotalField {
  readonly name: MetricName;
  /** In the order of the metric's labels. */
  readonly values: readonly string[];
  /** Of histograms: the sum in ms, or the bucket with this upper bound (`+Inf`: the last). */
  readonly part?: string;
}

/** Makes a {@link TotalField} a key of the store. */
export function totalField({ name, values, part }: TotalField): string {
  return JSON.stringify(part === undefined ? [name, values] : [name, values, part]);
}

/** Reads what {@link totalField} made. */
export function readTotalField(field: string): TotalField {
  const [name, values, part] = JSON.parse(field) as [MetricName, string[], string?];
  return { name, values, ...(part !== undefined && { part }) };
}

/** Collects what is to be added to the totals. */
export class Amounts {
  readonly #sums = new Map<string, number>();

  add(name: MetricName, values: readonly string[], by = 1): void {
    this.#add({ name, values }, by);
  }

  /** Puts a duration into a histogram. */
  observe(name: MetricName, values: readonly string[], ms: number): void {
    const whole = Math.max(0, Math.round(ms));
    const bound = metricDefinition(name).buckets?.find(seconds => whole <= seconds * 1_000);
    this.#add({ name, values, part: 'sum' }, whole);
    this.#add({ name, values, part: bound === undefined ? '+Inf' : String(bound) }, 1);
  }

  all(): readonly Increment[] {
    return [...this.#sums];
  }

  #add(field: TotalField, by: number): void {
    const key = totalField(field);
    this.#sums.set(key, (this.#sums.get(key) ?? 0) + by);
  }
}
