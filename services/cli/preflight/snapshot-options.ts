import { type Fleet, fleetClusters } from '../../../shared/domain/fleet.ts';
import { CliError, EXIT } from '../exit.ts';

/** The files of each cluster that has some. */
export type SnapshotFiles = ReadonlyMap<string, readonly string[]>;

/**
 * What `--snapshot CLUSTER=FILE` and `--snapshot FILE` mean for the clusters that are planned. A file without a cluster
 * is for the only one with Kubernetes; several files of one cluster are taken together.
 * @throws CliError when a file belongs to no cluster, or a cluster has none
 */
export function snapshotFiles(words: readonly string[], fleet: Fleet, meant: readonly string[]): SnapshotFiles {
  const clusters = fleetClusters(fleet);
  const asked = clusters
    .filter(({ name, kubernetes }) => kubernetes !== null && (meant.length === 0 || meant.includes(name)))
    .map(({ name }) => name);
  const files = new Map<string, string[]>();
  for (const word of words) {
    const at = word.indexOf('=');
    const named = clusters.find(({ name }) => at > 0 && name === word.slice(0, at));
    const cluster = named?.name ?? (asked.length === 1 ? asked[0] : undefined);
    if (cluster === undefined) throw new CliError(EXIT.badInput, ambiguous(word, asked));
    files.set(cluster, [...(files.get(cluster) ?? []), named ? word.slice(at + 1) : word]);
  }
  const without = asked.filter(name => !files.has(name));
  if (without.length === 0) return files;
  throw new CliError(
    EXIT.badInput,
    `no snapshot of ${without.join(', ')} is given: add --snapshot ${without[0]}=FILE, or narrow with --cluster`,
  );
}

function ambiguous(word: string, asked: readonly string[]): string {
  if (asked.length === 0) return `--snapshot ${word}: no cluster that is planned has Kubernetes`;
  return `--snapshot ${word}: say of which cluster it is, as in --snapshot ${asked[0]}=${word} (there are ${asked.join(', ')})`;
}
