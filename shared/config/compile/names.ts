import type { Duration } from '../values.ts';

type IsDuration<V> = [NonNullable<V>] extends [Duration] ? true : false;

/** A section in our units: durations under `…Ms`, keys without a value left out. */
export type Compiled<T> = {
  [K in keyof T as IsDuration<T[K]> extends true ? `${K & string}Ms` : K]: IsDuration<T[K]> extends true
    ? number
    : Exclude<T[K], undefined>;
};

/** Renames durations to their unit (`timeout` → `timeoutMs`) and leaves out what is undefined. */
export function compileUnits<T extends object>(section: T): Compiled<T> {
  const given: [string, unknown][] = Object.entries(section).filter(([, value]) => value !== undefined);
  const entries = given.map(([key, value]) => (isDuration(value) ? [`${key}Ms`, value.ms] : [key, value]));
  return Object.fromEntries(entries) as Compiled<T>;
}

function isDuration(value: unknown): value is Duration {
  return typeof value === 'object' && value !== null && typeof (value as Duration).ms === 'number';
}
