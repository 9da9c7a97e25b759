import { STEPS } from '../steps.ts';
import { type NodeTimes, type StepTimes, totalOf } from './times.ts';

/** What nodes of a kind took, ms. */
export interface Statistics {
  /** How many are known, at least 1. */
  readonly count: number;
  readonly node: { readonly median: number; readonly p95: number };
  readonly steps: { readonly median: StepTimes; readonly p95: StepTimes };
}

/** The least value that at least a share `q` of all are not above; `values` must not be empty. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/** undefined: nothing is known. A step that was not kept of a node took it no time. */
export function statisticsOf(times: readonly NodeTimes[] = []): Statistics | undefined {
  if (times.length === 0) return undefined;
  const totals = times.map(({ steps }) => totalOf(steps));
  const ofSteps = (q: number): StepTimes =>
    Object.fromEntries(
      STEPS.map(step => [
        step,
        quantile(
          times.map(({ steps }) => steps[step] ?? 0),
          q,
        ),
      ]),
    );
  return {
    count: times.length,
    node: { median: quantile(totals, 0.5), p95: quantile(totals, 0.95) },
    steps: { median: ofSteps(0.5), p95: ofSteps(0.95) },
  };
}
