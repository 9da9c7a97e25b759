import type { RolloutStatus } from '../../../shared/domain/status.ts';
import { line } from './line.ts';
import { oneLine } from './text.ts';
import type { View } from './view.ts';

/** What failed and was passed over, a line each; at most `most`, the rest counted. */
export function warningLines(status: RolloutStatus, most: number, view: View): string[] {
  const all = warningsOf(status);
  if (all.length === 0 || most === 0) return [];
  const shown = all.slice(-most).map(text => line([['warn', oneLine(`! ${text}`)]], view.columns, view.paint));
  const hidden = all.length - shown.length;
  const earlier =
    hidden > 0 ? [line([['dim', `… ${hidden} earlier warnings: nodetide events`]], view.columns, view.paint)] : [];
  return ['', ...earlier, ...shown];
}

function warningsOf(status: RolloutStatus): string[] {
  const ofClusters = status.clusters.flatMap(cluster => [
    ...cluster.warnings.map(text => `${cluster.name}: ${text}`),
    ...cluster.waves.flatMap(wave => wave.warnings.map(text => `${cluster.name} wave ${wave.index + 1}: ${text}`)),
  ]);
  const ofNodes = Object.values(status.nodes).flatMap(node =>
    node.warnings.map(text => `${node.cluster}/${node.node}: ${text}`),
  );
  return [...ofClusters, ...ofNodes];
}
