/** What a file of grains holds, by minion. */
export interface SaltOutput {
  readonly grains: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Minions that did not answer, and what stands there instead. */
  readonly silent: ReadonlyMap<string, string>;
}

/**
 * Reads what `salt '*' grains.items --out=json` prints: without `--static` one JSON object a minion, one after another
 * (spread over lines, or one a line with `--out-indent=-1`); with `--static` one object for all.
 * @throws Error when it is no such text, with the line
 */
export function parseSaltGrains(source: string): SaltOutput {
  const grains = new Map<string, Readonly<Record<string, unknown>>>();
  const silent = new Map<string, string>();
  for (const { text, line } of splitObjects(source)) {
    for (const [minion, items] of Object.entries(parseObject(text, line))) {
      if (grains.has(minion) || silent.has(minion)) throw new Error(`line ${line}: minion ${minion} is there twice`);
      // A minion that did not answer stands there with false or a sentence.
      if (isObject(items)) grains.set(minion, items);
      else silent.set(minion, JSON.stringify(items).slice(0, 80));
    }
  }
  if (grains.size === 0) throw new Error('no minion gave any grains');
  return { grains, silent };
}

function parseObject(text: string, line: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (error) {
    throw new Error(`line ${line}: ${(error as Error).message}`, { cause: error });
  }
  throw new Error(`line ${line}: an object by minion is needed`);
}

/** The top-level objects of a text and the lines they begin on. */
function splitObjects(source: string): { text: string; line: number }[] {
  const objects: { text: string; line: number }[] = [];
  let depth = 0;
  let start = 0;
  // Strings are taken whole, so that braces in them do not count.
  for (const match of source.matchAll(/"(?:[^"\\]|\\.)*"|[{}]|[^\s{}"]+/g)) {
    if (depth === 0) start = match.index;
    if (match[0] === '{') depth++;
    if (match[0] === '}') depth--;
    if (depth <= 0)
      objects.push({ text: source.slice(start, match.index + match[0].length), line: lineOf(source, start) });
    depth = Math.max(0, depth);
  }
  if (depth > 0) objects.push({ text: source.slice(start), line: lineOf(source, start) });
  return objects;
}

function lineOf(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
