import { nearest } from '../compile/layers.ts';
import type { Finding } from '../problem.ts';
import type { FleetFile } from '../schema/fleet.ts';
import { absolute, type Surroundings } from '../surroundings.ts';

/** Files of Salt grains can be read. `folder`: that of the fleet file. */
export function checkGrainFiles(file: FleetFile, folder: string, around: Surroundings): Finding[] {
  return Object.keys(file.clusters).flatMap(cluster => {
    const inventory = nearest(file, cluster, 'inventory');
    return (inventory?.value.sources ?? []).flatMap((source, index): Finding[] => {
      if (source.kind !== 'salt') return [];
      const full = absolute(source.file, folder, around.home);
      const trouble = around.trouble(full);
      if (!trouble) return [];
      const path = [...(inventory?.path ?? []), 'sources', index, 'file'];
      return [{ code: 'grains-file', path, message: `file of grains ${full} is ${trouble}` }];
    });
  });
}
