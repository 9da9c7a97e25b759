import type { z } from 'zod';
import type { Finding, Path } from '../problem.ts';
import { expectation, findingsOf, valueAt } from './issues.ts';

/** What checking data against a schema gave. */
export interface Checked<T> {
  readonly findings: readonly Finding[];
  /** The data, checked, without the parts that are wrong; null: not even that can be had. */
  readonly value: T | null;
  /** The parts left out of `value`. */
  readonly removed: readonly Path[];
}

/** More rounds than any real file needs: each takes one layer of wrong things away. */
const ROUNDS = 8;

/**
 * Checks `data`. When something is wrong, the wrong parts are taken out and the rest is checked again, so that further
 * checks can look at what is right and all problems come out at once.
 */
export function checkData<S extends z.ZodType>(schema: S, data: unknown): Checked<z.output<S>> {
  const first = schema.safeParse(data, { error: expectation });
  if (first.success) return { findings: [], value: first.data, removed: [] };
  const findings = findingsOf(first.error.issues, data, schema);
  const removed: Path[] = [];
  let rest: unknown = data;
  let wrong: readonly Finding[] = findings;
  for (let round = 0; round < ROUNDS; round++) {
    const current = rest;
    const places = wrong.map(finding => removable(finding, current));
    if (places.some(place => place.length === 0)) break;
    rest = structuredClone(rest);
    for (const place of places) remove(rest, place);
    removed.push(...places);
    const again = schema.safeParse(rest, { error: expectation });
    if (again.success) return { findings, value: again.data, removed };
    wrong = findingsOf(again.error.issues, rest, schema);
  }
  return { findings, value: null, removed };
}

/** The part to take out: of a list always the whole (positions must stay), for something missing what it is missing in. */
function removable(finding: Finding, data: unknown): Path {
  const path = valueAt(data, finding.path) === undefined ? finding.path.slice(0, -1) : finding.path;
  const list = path.findIndex(key => typeof key === 'number');
  return list === -1 ? path : path.slice(0, list);
}

function remove(data: unknown, path: Path): void {
  const parent = valueAt(data, path.slice(0, -1));
  const key = path.at(-1);
  if (typeof parent === 'object' && parent !== null && key !== undefined) {
    delete (parent as Record<string | number, unknown>)[key];
  }
}
