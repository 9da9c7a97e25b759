/** Where something stands in the fleet file: keys and, in lists, positions from 0. */
export type Path = readonly (string | number)[];

/** Something wrong with the fleet file. */
export interface FleetProblem {
  /** Stable, kebab-case. */
  readonly code: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** `clusters.prod.waves[0].concurrency`; empty: the file as a whole. */
  readonly path: string;
  /** What was found and what would be right. */
  readonly message: string;
}

/** A problem before its place is looked up. */
export interface Finding {
  readonly code: string;
  readonly path: Path;
  /** Whether the key or the value at `path` is pointed at. Default: the value. */
  readonly points?: 'key' | 'value';
  readonly message: string;
  /** Nothing is said while one of these places has a problem of its own. Default: `path`. */
  readonly about?: readonly Path[];
}

/** `clusters.prod.waves[0]`; keys that are no plain words are quoted. */
export function showPath(path: Path): string {
  let shown = '';
  for (const key of path) {
    if (typeof key === 'number') shown += `[${key}]`;
    else if (/^[\w-]+$/.test(key)) shown += shown === '' ? key : `.${key}`;
    else shown += `[${JSON.stringify(key)}]`;
  }
  return shown;
}

/** `file:line:column: path: message`, as compilers write it. */
export function showProblem(problem: FleetProblem): string {
  const { file, line, column, path, message } = problem;
  return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
}

/** Whether `path` is `base` or lies within it. */
export function isWithin(path: Path, base: Path): boolean {
  return base.length <= path.length && base.every((key, index) => key === path[index]);
}
