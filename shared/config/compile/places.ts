import type { Path } from '../problem.ts';
import type { FleetFile } from '../schema/fleet.ts';
import type { StaticHostFile } from '../schema/inventory.ts';
import { type Layer, layersOf, nearest } from './layers.ts';
import type { SshLayer } from './ssh.ts';

/** The `ssh` layers of a cluster, general first. */
export function clusterSshLayers(file: FleetFile, cluster: string): SshLayer[] {
  return layersOf(file, cluster, 'ssh');
}

/** The static hosts of a cluster, and where each stands. */
export function staticHosts(file: FleetFile, cluster: string): Layer<StaticHostFile>[] {
  const inventory = nearest(file, cluster, 'inventory');
  if (!inventory) return [];
  return inventory.value.sources.flatMap((source, index) => {
    if (source.kind !== 'static') return [];
    const path = [...inventory.path, 'sources', index, 'nodes'];
    return source.nodes.map((value, position): Layer<StaticHostFile> => ({ path: [...path, position], value }));
  });
}

/** The `ssh` layers of a host that says something of its own. */
export function hostSshLayers(file: FleetFile, cluster: string, host: Layer<StaticHostFile>): SshLayer[] {
  const path: Path = [...host.path, 'ssh'];
  return [...clusterSshLayers(file, cluster), { path, value: host.value.ssh ?? {} }];
}
