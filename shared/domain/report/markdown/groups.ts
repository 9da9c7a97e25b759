import { counted } from '../../text.ts';
import type { NodeReport } from '../report.ts';
import { plain } from './words.ts';

/** More names are folded away. */
const SHOWN = 12;

/** Items with equal keys together, the largest groups first, else in the order of their first item. Keys are compared as JSON. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => unknown): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = JSON.stringify(keyOf(item));
    const group = groups.get(key) ?? [];
    group.push(item);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length);
}

/** `a/n1, a/n2`; many are folded away behind their number. */
export function names(nodes: readonly NodeReport[]): string {
  const all = nodes.map(({ cluster, node }) => plain(`${cluster}/${node}`)).join(', ');
  if (nodes.length <= SHOWN) return all;
  return `<details><summary>${counted(nodes.length, 'node')}</summary>${all}</details>`;
}
