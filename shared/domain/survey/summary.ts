import type { ClusterSurvey, DueSummary, NodeDue } from './survey.ts';

/** A survey in numbers. What a host could not tell counts nowhere. */
export function dueSummary({ atMs, nodes }: ClusterSurvey): DueSummary {
  return {
    atMs,
    asked: nodes.length,
    unreachable: nodes.filter(({ failure }) => failure !== '').length,
    updates: nodes.filter(({ updates }) => (updates ?? 0) > 0).length,
    reboots: nodes.filter(({ rebootDue }) => rebootDue === true).length,
    oldestBootAtMs: earliest(nodes.map(({ bootedAtMs }) => bootedAtMs)),
    oldestPatchAtMs: earliest(nodes.map(({ patchedAtMs }) => patchedAtMs)),
    kernels: kernelsOf(nodes),
  };
}

function earliest(moments: readonly (number | null)[]): number | null {
  return moments.reduce((least, atMs) => (least === null || (atMs !== null && atMs < least) ? atMs : least), null);
}

function kernelsOf(nodes: readonly NodeDue[]): DueSummary['kernels'] {
  const counts = new Map<string, number>();
  for (const { runningKernel } of nodes) {
    if (runningKernel !== null) counts.set(runningKernel, (counts.get(runningKernel) ?? 0) + 1);
  }
  return [...counts]
    .map(([release, count]) => ({ release, nodes: count }))
    .sort((a, b) => b.nodes - a.nodes || (a.release < b.release ? -1 : 1));
}
