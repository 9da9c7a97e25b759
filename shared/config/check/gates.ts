import { compileGate } from '../compile/gates.ts';
import { layersOf } from '../compile/layers.ts';
import type { Finding } from '../problem.ts';
import type { FleetFile } from '../schema/fleet.ts';

/** Gates of one list that could not be told apart. */
export function checkGates(file: FleetFile): Finding[] {
  return Object.keys(file.clusters).flatMap(cluster =>
    layersOf(file, cluster, 'policy').flatMap(({ path, value }) => {
      const names = (value.gates ?? []).map(gate => compileGate(gate).name);
      return names.flatMap((name, index): Finding[] => {
        if (names.indexOf(name) === index) return [];
        const message = `gate ${name} is there already, as number ${names.indexOf(name) + 1}; give each a name of its own`;
        return [{ code: 'gate-twice', path: [...path, 'gates', index], message }];
      });
    }),
  );
}
