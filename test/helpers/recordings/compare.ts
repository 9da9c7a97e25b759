import { type Json, plainText, textAt } from '../../../services/simulator/api/object.ts';
import { asJson } from './recording.ts';

/** One place where the simulator answers otherwise than the real server did. */
export interface Difference {
  /** `status`, `header NAME`, `body.items.0.spec` … */
  readonly at: string;
  readonly recorded: unknown;
  readonly live: unknown;
}

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const shownAge = /^(Age|Last Seen|First Seen|Duration|Created At)$/;
/** Values of these keys vary from run to run. */
const varying = new Set(['uid', 'resourceVersion', 'continue', 'serverAddress']);
/** Numbers, tokens and random names within messages. */
const inMessages: readonly [RegExp, string][] = [
  [/(resource version: )\d+(, current: )\d+/g, '$1<rv>$2<rv>'],
  [/(too old resource version: )\d+ \(\d+\)/g, '$1<rv> (<rv>)'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>'],
  [/\?hash=[0-9A-F]+/g, '?hash=<hash>'],
  [/(ReplicaSet "[a-z0-9-]+-)[0-9a-f]+/g, '$1<hash>'],
  [/\bgen\.[a-z0-9]{5}\b/g, 'gen.<random>'],
];

function maskText(text: string): string {
  if (time.test(text)) return '<time>';
  return inMessages.reduce((masked, [pattern, by]) => masked.replace(pattern, by), text);
}

function maskTable(table: Json): Json {
  const names = ((table['columnDefinitions'] ?? []) as Json[]).map(column => plainText(column['name']));
  const rows = ((table['rows'] ?? []) as Json[]).map(row => ({
    ...row,
    cells: (row['cells'] as unknown[]).map((cell, index) =>
      shownAge.test(names[index] ?? '') || (typeof cell === 'string' && /^(\d+[smhdy])+$/.test(cell)) ? '<age>' : cell,
    ),
  }));
  // What a column is about is told in other words.
  const columns = table['columnDefinitions'] as Json[] | null | undefined;
  const columnDefinitions = columns?.map(({ description: _description, ...column }) => column);
  return { ...table, ...(columnDefinitions === undefined ? {} : { columnDefinitions }), rows };
}

/** A body with all that varies from run to run covered; fields nobody compares are left out. */
export function mask(value: unknown): unknown {
  if (typeof value === 'string') return maskText(value);
  if (Array.isArray(value)) return value.map(mask);
  const json = asJson(value);
  if (json === undefined) return value;
  const whole = textAt(json, 'kind') === 'Table' ? maskTable(json) : json;
  const entries = Object.entries(whole).filter(([key]) => key !== 'managedFields');
  return Object.fromEntries(
    entries.map(([key, inner]) => [
      key,
      varying.has(key) && inner !== '' ? `<${key}>` : mask(key === 'conditions' ? byType(inner) : inner),
    ]),
  );
}

/** Conditions are found by their type; they stand in the order in which they last changed. */
function byType(conditions: unknown): unknown {
  if (!Array.isArray(conditions)) return conditions;
  return (conditions as Json[]).toSorted((a, b) => (plainText(a['type']) < plainText(b['type']) ? -1 : 1));
}

/** The places where two masked values differ. Objects in lists are matched by position. */
export function differencesIn(recorded: unknown, live: unknown, at: string): Difference[] {
  if (Object.is(recorded, live)) return [];
  if (Array.isArray(recorded) && Array.isArray(live)) {
    const length = Math.max(recorded.length, live.length);
    return Array.from({ length }, (_, index) => differencesIn(recorded[index], live[index], `${at}.${index}`)).flat();
  }
  const [left, right] = [asJson(recorded), asJson(live)];
  if (left === undefined || right === undefined) return [{ at, recorded, live }];
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return keys.flatMap(key => differencesIn(left[key], right[key], `${at}.${key}`));
}

/** Compared by value. */
const byValue = ['content-type', 'cache-control', 'retry-after', 'vary', 'x-content-type-options', 'warning'];
/** Compared by whether they are there. */
const byPresence = ['etag', 'last-modified'];

/** The headers a client may look at. */
export function headerDifferences(
  recorded: Readonly<Record<string, string>>,
  live: Readonly<Record<string, string>>,
): Difference[] {
  const differing = byValue.filter(name => recorded[name] !== live[name]);
  const missing = byPresence.filter(name => (recorded[name] === undefined) !== (live[name] === undefined));
  return [...differing, ...missing].map(name => ({
    at: `header ${name}`,
    recorded: recorded[name],
    live: live[name],
  }));
}
