import { at, type Json, type Kube, listAt, plainText, textAt } from '../object.ts';

/** A column kubectl shows. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean';
  readonly format?: string;
  /** 1: only with `-o wide`. */
  readonly priority?: number;
  cell(object: Kube, now: number): string | number | boolean;
}

type Cell = Column['cell'];

/** A column of text. */
export function text(name: string, cell: Cell, priority = 0): Column {
  return { name, type: 'string', priority, cell };
}

/** A column of whole numbers, 0 where there is none at the path. */
export function count(name: string, ...path: string[]): Column {
  return { name, type: 'integer', cell: object => numberAt(object, ...path) };
}

/** The object's name. */
export const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  cell: object => object.metadata.name,
};

/** How old it is. */
export const age: Column = text('Age', (object, now) => ageOf(object.metadata.creationTimestamp, now));

/** A number by path, 0 where there is none. */
export function numberAt(object: Kube, ...path: string[]): number {
  const value = at(object, ...path);
  return typeof value === 'number' ? value : 0;
}

/** As kubectl writes durations: `12s`, `5m3s`, `7h`, `2d`. */
export function ageOf(timestamp: string | undefined, now: number): string {
  if (timestamp === undefined) return '<unknown>';
  const seconds = Math.max(0, Math.floor((now - Date.parse(timestamp)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  return hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`;
}

/** The length of a time as kubectl writes it. */
export function durationOf(ms: number): string {
  return ageOf(new Date(0).toISOString(), ms);
}

/** Names and images of a template's containers, for `-o wide`. */
export const containerColumns: readonly Column[] = [
  text('Containers', object => containersOf(object, 'name'), 1),
  text('Images', object => containersOf(object, 'image'), 1),
];

function containersOf(object: Kube, field: string): string {
  return listAt(object, 'spec', 'template', 'spec', 'containers')
    .map(container => textAt(container, field))
    .join(',');
}

/** A map of labels as `a=b,c=d`; `<none>` where it is empty. */
export function shownLabels(labels: unknown): string {
  const pairs = Object.entries((labels ?? {}) as Json).map(([key, value]) => `${key}=${plainText(value)}`);
  return pairs.length === 0 ? '<none>' : pairs.toSorted().join(',');
}

/** The selector of a workload, for `-o wide`. */
export const selectorColumn: Column = text('Selector', object => shownSelector(at(object, 'spec', 'selector')), 1);

function shownSelector(selector: unknown): string {
  const expressions = listAt(selector, 'matchExpressions').map(expression => {
    const [key, operator] = [textAt(expression, 'key'), textAt(expression, 'operator')];
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator.toLowerCase()} (${listAt<string>(expression, 'values').join(',')})`;
  });
  const labels = shownLabels(at(selector, 'matchLabels'));
  return [...(labels === '<none>' ? [] : [labels]), ...expressions].join(',') || '<none>';
}
