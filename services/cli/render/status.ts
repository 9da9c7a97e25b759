import type { ClusterStatus, RolloutStatus } from '../../../shared/domain/status.ts';
import { clusterLines, foldedLine } from './cluster.ts';
import { headerLines } from './header.ts';
import { leftNodeLines } from './left-nodes.ts';
import { line } from './line.ts';
import { painter } from './paint.ts';
import { width } from './text.ts';
import { troubleLines } from './trouble.ts';
import { DETAILS, type Detail, type View, type ViewOptions } from './view.ts';
import { warningLines } from './warnings.ts';

/**
 * A rollout as lines of at most `columns` columns. Shows less detail until it fits into `rows`; the order of clusters,
 * waves and nodes is the plan's.
 */
export function renderStatus(status: RolloutStatus, nowMs: number, options: ViewOptions): string[] {
  const view: View = {
    columns: options.columns,
    paint: painter(options.colour),
    nowMs,
    timeZone: options.timeZone,
    left: options.left ?? null,
    nameColumns: nameColumns(status, options.columns),
    wholeCommands: options.rows === Number.POSITIVE_INFINITY,
  };
  let lines: string[] = [];
  for (const detail of DETAILS) {
    lines = [...headerLines(status, view), '', ...bodyLines(status, detail, view)];
    lines.push(...warningLines(status, detail.accountLines, view), ...troubleLines(status, detail, view));
    lines.push(...leftNodeLines(status, detail, view));
    if (lines.length <= options.rows) return lines;
  }
  const kept = lines.slice(0, Math.max(1, options.rows - 1));
  kept.push(line([['dim', `… ${lines.length - kept.length} more lines`]], view.columns, view.paint));
  return kept.slice(0, options.rows);
}

function bodyLines(status: RolloutStatus, detail: Detail, view: View): string[] {
  const lines: string[] = [];
  for (const group of groups(status.clusters, detail)) {
    const [first] = group;
    if (!first) continue;
    if (group.length === 1 || first.state === 'running') lines.push(...clusterLines(status, first, detail, view));
    else lines.push(foldedLine(group, first.state, view));
  }
  return lines;
}

/** Clusters one by one, or neighbours that are both over, or both to go, together. */
function groups(clusters: readonly ClusterStatus[], detail: Detail): ClusterStatus[][] {
  const result: ClusterStatus[][] = [];
  for (const cluster of clusters) {
    const last = result.at(-1);
    const alike = last?.[0]?.state === cluster.state && cluster.state !== 'running';
    const quiet = cluster.waiting.length === 0 && last?.[0]?.waiting.length === 0;
    if (alike && quiet && !detail.settledClusters) last?.push(cluster);
    else result.push([cluster]);
  }
  return result;
}

function nameColumns(status: RolloutStatus, columns: number): number {
  const longest = Math.max(4, ...Object.values(status.nodes).map(node => width(node.node)));
  return Math.min(longest, Math.max(8, Math.floor(columns / 4)));
}
