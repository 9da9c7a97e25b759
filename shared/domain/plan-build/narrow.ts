import type { FleetWave } from '../fleet.ts';
import { matchesLabels, parseLabelSelector } from '../label-selector.ts';

/** What of a fleet is meant; an empty list, an empty selector and null mean everything. */
export interface Narrow {
  readonly clusters: readonly string[];
  /** Names of waves (`1+4`), or any sequence of one. */
  readonly waves: readonly string[];
  /** `node` or `cluster/node`. */
  readonly nodes: readonly string[];
  /** The first so many nodes of those left. */
  readonly limit: number | null;
  /** Label selector over the Nodes' labels. */
  readonly selector: string;
}

/** Everything. */
export const NOT_NARROWED: Narrow = { clusters: [], waves: [], nodes: [], limit: null, selector: '' };

/** Whether anything is left out. */
export function isNarrowed({ clusters, waves, nodes, limit, selector }: Narrow): boolean {
  return clusters.length + waves.length + nodes.length > 0 || limit !== null || selector !== '';
}

/** Whether `word` names a wave: by its name, or by a sequence in it. */
export function namesWave(word: string, wave: Pick<FleetWave, 'name' | 'sequences'>): boolean {
  return word === wave.name || wave.sequences.some(sequence => String(sequence) === word);
}

/** Whether `word` names a node. */
export function namesNode(word: string, cluster: string, node: string): boolean {
  return word === node || word === `${cluster}/${node}`;
}

/** Gives, for one node after another in plan order, why it is not meant; null: it is. Counts for `limit`. */
export function selection(narrow: Narrow) {
  const requirements = parseLabelSelector(narrow.selector);
  let taken = 0;
  return (
    wave: Pick<FleetWave, 'name' | 'sequences'>,
    cluster: string,
    node: string,
    labels: Readonly<Record<string, string>>,
  ): string | null => {
    const { waves, nodes, limit, selector } = narrow;
    if (waves.length > 0 && !waves.some(word => namesWave(word, wave))) return `not in wave ${waves.join(', ')}`;
    if (nodes.length > 0 && !nodes.some(word => namesNode(word, cluster, node))) return 'not among the nodes asked for';
    if (!matchesLabels(requirements, labels)) return `does not match ${selector}`;
    if (limit !== null && taken >= limit) return `beyond the limit of ${limit}`;
    taken++;
    return null;
  };
}

/** Whether {@link selection} gave this as the reason why a node is left out. */
export function isNotMeant(reason: string): boolean {
  return /^(not in wave |not among the nodes asked for$|does not match |beyond the limit of )/.test(reason);
}
