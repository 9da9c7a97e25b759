import { NODE_STATES } from '../../../../shared/domain/events.ts';
import type { NodeReport, RolloutReport } from '../../../../shared/domain/report/report.ts';

/** Sums and extremes over the nodes of a report. */
export function totalsOf({ nodes }: RolloutReport) {
  const sum = (of: (node: NodeReport) => number) => nodes.reduce((total, node) => total + of(node), 0);
  return {
    changed: sum(({ changes }) => (changes.length > 0 ? 1 : 0)),
    reboots: sum(({ reboots }) => reboots),
    evicted: sum(({ evicted }) => evicted.length),
    /** Its downtime was the longest; null: none was down. */
    longestDown: nodes.reduce<NodeReport | null>(
      (longest, node) => ((node.downtimeMs ?? -1) > (longest?.downtimeMs ?? -1) ? node : longest),
      null,
    ),
  };
}

/** `20 of 22 done, 1 failed, 1 skipped`. */
export function countsText({ nodes, counts }: Pick<RolloutReport, 'nodes' | 'counts'>): string {
  const others = NODE_STATES.filter(state => state !== 'done' && counts[state] > 0);
  return [`${counts.done} of ${nodes.length} done`, ...others.map(state => `${counts[state]} ${state}`)].join(', ');
}

/** `6.1.0-23 → 6.1.0-25`; once when it did not change; empty: not known. */
export function changeText(before: string | null, after: string | null): string {
  if (before === null || after === null || before === after) return before ?? after ?? '';
  return `${before} → ${after}`;
}

/** Nodes on which something is left to be done, or was passed over. */
export function openOf({ nodes }: RolloutReport): readonly NodeReport[] {
  return nodes.filter(({ reason, todo, warnings }) => reason !== '' || todo !== '' || warnings.length > 0);
}

/** Nodes whose packages changed in the same way together, the largest groups first. */
export function sameChanges({ nodes }: RolloutReport): readonly (readonly NodeReport[])[] {
  const groups = new Map<string, NodeReport[]>();
  for (const node of nodes) {
    if (node.changes.length === 0) continue;
    const key = JSON.stringify(node.changes.map(({ name, before, after }) => [name, before, after]));
    groups.set(key, [...(groups.get(key) ?? []), node]);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length);
}
