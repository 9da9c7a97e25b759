import { fail } from '../../domain/failures/catalogue.ts';
import { labelsOf, listOf, objectOf, textOf } from '../server/shape.ts';

/** One series of an instant vector. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  /** As written: `1`, `NaN`. */
  readonly value: string;
}

/** What Prometheus answered to an instant query. */
export interface PrometheusFacts {
  readonly samples: readonly Sample[];
  /** Why the answer may not be whole. */
  readonly warnings: readonly string[];
}

/** Reads the answer of `/api/v1/query`. Throws StepError `gate-answer` when it is anything but an instant vector. */
export function readVector(answer: unknown): PrometheusFacts {
  const { status, data, error, warnings } = objectOf(answer, 'the answer');
  if (status !== 'success') {
    const why = typeof error === 'string' ? error : 'no reason given';
    throw fail('gate-answer', { message: `the query failed: ${why}` });
  }
  const { resultType, result } = objectOf(data, 'data');
  if (resultType !== 'vector') {
    throw fail('gate-answer', { message: `the query gives a ${String(resultType)}, not an instant vector` });
  }
  return {
    samples: listOf(result, 'data.result').map(readSample),
    warnings: warnings === undefined ? [] : listOf(warnings, 'warnings').map(each => textOf(each, 'a warning')),
  };
}

/** A native histogram has `histogram` in the place of `value`. */
function readSample(given: unknown): Sample {
  const { metric, value, histogram } = objectOf(given, 'a series');
  const labels = labelsOf(metric, 'metric');
  if (value === undefined && histogram !== undefined) return { labels, value: 'a histogram' };
  return { labels, value: textOf(listOf(value, 'value')[1], 'value') };
}
