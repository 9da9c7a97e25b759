import { compareNatural } from '../text.ts';
import type { FindingCode } from './codes.ts';
import type { Discovery } from './finding.ts';

/** One pod, and what is found about it. */
export interface Gathered {
  readonly code: FindingCode;
  readonly message: string;
  readonly node: string;
  readonly pod: string;
}

/** One discovery for each code and message, with the nodes in the order they came and the pods sorted. */
export function discover(found: readonly Gathered[]): Discovery[] {
  const groups = new Map<string, { code: FindingCode; message: string; nodes: Set<string>; pods: Set<string> }>();
  for (const { code, message, node, pod } of found) {
    const key = `${code} ${message}`;
    const group = groups.get(key) ?? { code, message, nodes: new Set(), pods: new Set() };
    groups.set(key, group);
    group.nodes.add(node);
    group.pods.add(pod);
  }
  return [...groups.values()].map(({ code, message, nodes, pods }) => {
    return { code, message, nodes: [...nodes], pods: [...pods].sort(compareNatural) };
  });
}
