/** One step of a path into an object. */
type PathPart =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' }
  /** Those elements in which `path` is `value`. */
  | { readonly kind: 'filter'; readonly path: readonly PathPart[]; readonly value: string };

/** A parsed path. */
export type JsonPath = readonly PathPart[];

const KEY = /^\.((?:[A-Za-z0-9_$-]|\\.)+)/;
const QUOTED = /^\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/;
const INDEX = /^\[(-?\d{1,6})\]/;
const ALL = /^(?:\[\*\]|\.\*)/;
const FILTER = /^\[\?\(@((?:\.(?:[A-Za-z0-9_$-]|\\.)+)+)\s*==\s*(?:'([^']*)'|"([^"]*)"|(-?\d+|true|false))\)\]/;

/**
 * Parses the part of kubectl's JSONPath that names values: `{.a.b}`, `['a.b']`, `.a\.b`, `[0]`, `[-1]`, `[*]`,
 * `[?(@.type=="Ready")]`; the braces may be missing. Throws Error saying where it makes no sense.
 */
export function parseJsonPath(text: string): JsonPath {
  const whole = text.trim();
  const inner = whole.startsWith('{') && whole.endsWith('}') ? whole.slice(1, -1).trim() : whole;
  const path = inner.replace(/^\$/, '');
  if (path === '') throw new Error('it names nothing');
  return partsOf(/^[.[]/.test(path) ? path : `.${path}`);
}

function partsOf(path: string): PathPart[] {
  const parts: PathPart[] = [];
  let rest = path;
  while (rest !== '') {
    const [length, part] = nextPart(rest);
    if (!part) throw new Error(`${JSON.stringify(rest)} makes no sense to it`);
    parts.push(part);
    rest = rest.slice(length);
  }
  return parts;
}

function nextPart(rest: string): [number, PathPart | null] {
  const all = ALL.exec(rest);
  if (all) return [all[0].length, { kind: 'all' }];
  const key = KEY.exec(rest) ?? QUOTED.exec(rest);
  if (key) return [key[0].length, { kind: 'key', key: unescaped(key[1] ?? key[2] ?? '') }];
  const index = INDEX.exec(rest);
  if (index) return [index[0].length, { kind: 'index', index: Number(index[1]) }];
  const filter = FILTER.exec(rest);
  if (!filter) return [0, null];
  const value = filter[2] ?? filter[3] ?? filter[4] ?? '';
  return [filter[0].length, { kind: 'filter', path: partsOf(filter[1] ?? ''), value }];
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, '$1');
}

/** All values the path leads to, in order; what is missing on the way leads nowhere. */
export function valuesAt(root: unknown, path: JsonPath): unknown[] {
  return path.reduce<unknown[]>((values, part) => values.flatMap(value => step(value, part)), [root]);
}

function step(value: unknown, part: PathPart): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (part.kind === 'key') {
    return !Array.isArray(value) && Object.hasOwn(value, part.key)
      ? [(value as Record<string, unknown>)[part.key]]
      : [];
  }
  const elements: unknown[] = Array.isArray(value) ? value : part.kind === 'all' ? Object.values(value) : [];
  if (part.kind === 'all') return elements;
  if (part.kind === 'index') return elements.slice(part.index).slice(0, 1);
  return elements.filter(each => valuesAt(each, part.path).some(found => String(found) === part.value));
}
