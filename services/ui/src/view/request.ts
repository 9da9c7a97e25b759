import type { DraftRequest } from '../../../../shared/domain/draft/draft.ts';
import type { Planner, PlannerCluster } from '../../../../shared/domain/draft/planner.ts';
import { isNarrowed, type Narrow } from '../../../../shared/domain/plan-build/narrow.ts';
import { counted, named } from '../../../../shared/domain/text.ts';

/** What a person filled in. */
export interface RequestFields {
  readonly clusters: readonly string[];
  readonly waves: readonly string[];
  /** Names between blanks, commas or on lines. */
  readonly nodes: string;
  /** Empty: no limit. */
  readonly limit: string;
  readonly selector: string;
  readonly updates: boolean;
}

/** The same as the server takes it. */
export function requestOf({ clusters, waves, nodes, limit, selector, updates }: RequestFields): DraftRequest {
  const narrow: Narrow = {
    clusters,
    waves,
    nodes: nodes.split(/[\s,]+/).filter(name => name !== ''),
    limit: limit.trim() === '' ? null : Number(limit),
    selector: selector.trim(),
  };
  return { narrow, updates };
}

/** What of the fleet is meant, in a few words: `clusters dev, staging; the first 5`. */
export function narrowText(narrow: Narrow): string {
  if (!isNarrowed(narrow)) return 'the whole fleet';
  const { clusters, waves, nodes, limit, selector } = narrow;
  const list = (word: string, all: readonly string[]) =>
    all.length === 0 ? '' : `${all.length === 1 ? word : `${word}s`} ${named(all, 4)}`;
  const first = limit === null ? '' : `the first ${counted(limit, 'node')}`;
  return [
    list('cluster', clusters),
    list('wave', waves),
    list('node', nodes),
    selector && `nodes with ${selector}`,
    first,
  ]
    .filter(text => text !== '')
    .join('; ');
}

/** The clusters that plans can be made for, each once. */
export function clustersOf(planners: readonly Planner[]): readonly PlannerCluster[] {
  const all = planners.flatMap(({ clusters }) => clusters);
  return [...new Map(all.map(cluster => [cluster.name, cluster])).values()];
}

/** The names of all waves of the chosen clusters; none chosen: of all. */
export function wavesOf(clusters: readonly PlannerCluster[], chosen: readonly string[]): readonly string[] {
  const meant = chosen.length === 0 ? clusters : clusters.filter(({ name }) => chosen.includes(name));
  return [...new Set(meant.flatMap(({ waves }) => waves.map(({ name }) => name)))];
}
