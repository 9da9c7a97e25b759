import type { Path } from '../problem.ts';
import type { ClusterFile, DefaultsFile } from '../schema/cluster.ts';
import type { FleetFile } from '../schema/fleet.ts';

/** What one place of the file says, and where. */
export interface Layer<T> {
  readonly path: Path;
  readonly value: T;
}

type CommonKey = keyof DefaultsFile & keyof ClusterFile;

/** What the file says under `key` for a cluster, general first: `defaults`, then the cluster. */
export function layersOf<K extends CommonKey>(
  file: FleetFile,
  cluster: string,
  key: K,
): Layer<NonNullable<ClusterFile[K]>>[] {
  const layers: Layer<NonNullable<ClusterFile[K]>>[] = [];
  const general = file.defaults?.[key] as ClusterFile[K];
  const own = file.clusters[cluster]?.[key];
  if (general !== undefined) layers.push({ path: ['defaults', key], value: general });
  if (own !== undefined) layers.push({ path: ['clusters', cluster, key], value: own });
  return layers;
}

/** The layer that counts where the most special one replaces the others. */
export function nearest<K extends CommonKey>(
  file: FleetFile,
  cluster: string,
  key: K,
): Layer<NonNullable<ClusterFile[K]>> | undefined {
  return layersOf(file, cluster, key).at(-1);
}
