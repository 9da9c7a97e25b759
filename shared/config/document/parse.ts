import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Pair, parseDocument } from 'yaml';
import type { Path } from '../problem.ts';

/** A place in a text, from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A YAML text and where everything in it stands. */
export interface SourceDocument {
  /** Plain data; undefined when the text is no YAML. */
  readonly value: unknown;
  readonly errors: readonly { readonly code: string; readonly message: string; readonly position: Position }[];
  /** The place of the key or value at `path`, or of the nearest thing around it that is there. */
  locate(path: Path, points: 'key' | 'value'): Position;
}

/** Parses YAML 1.2 with merge keys (`<<`). Never throws. */
export function parseSource(source: string): SourceDocument {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, merge: true, prettyErrors: false });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const errors = document.errors.map(error => ({
    code: String(error.code),
    message: error.message,
    position: at(error.pos[0]),
  }));
  let value: unknown;
  if (errors.length === 0) {
    try {
      value = document.toJS();
    } catch (error) {
      // Aliases that would expand without end.
      errors.push({ code: 'ALIAS', message: (error as Error).message, position: at(0) });
    }
  }
  return { value, errors, locate: (path, points) => at(offsetOf(document, path, points)) };
}

function offsetOf(document: Document, path: Path, points: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, key] of path.entries()) {
    const found = childOf(document, node, key);
    if (!found) return offset;
    const wantsKey = points === 'key' && index === path.length - 1;
    offset = (wantsKey ? startOf(found.key) : startOf(found.value)) ?? startOf(found.key) ?? offset;
    // Something missing inside is shown at the key that holds the whole, not at the first key in it.
    if (index < path.length - 1 && !childOf(document, found.value, path[index + 1] ?? '')) {
      return startOf(found.key) ?? offset;
    }
    node = found.value;
  }
  return offset;
}

/** The child at `key`; looks through aliases and merge keys. */
function childOf(document: Document, parent: unknown, key: string | number): { key: unknown; value: unknown } | null {
  const node = isAlias(parent) ? parent.resolve(document) : parent;
  if (isSeq(node)) {
    const value = node.items[Number(key)];
    return value === undefined ? null : { key: value, value };
  }
  if (!isMap(node)) return null;
  const pairs = node.items;
  const own = pairs.find(pair => keyOf(pair) === String(key));
  if (own) return own;
  for (const pair of pairs.filter(each => keyOf(each) === '<<')) {
    const merged = isAlias(pair.value) ? pair.value.resolve(document) : pair.value;
    const sources = isSeq(merged) ? merged.items : [merged];
    for (const source of sources) {
      const found = childOf(document, source, key);
      if (found) return found;
    }
  }
  return null;
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
