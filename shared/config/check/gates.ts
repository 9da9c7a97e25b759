import { layersOf } from '../compile/layers.ts';
import type { Finding, Path } from '../problem.ts';
import type { FleetFile } from '../schema/fleet.ts';
import type { GateFile } from '../schema/gates.ts';
import { checkHttpGate, checkServerGate } from './gate-server.ts';

/** Gates that contradict themselves, and those of one list that could not be told apart. */
export function checkGates(file: FleetFile): Finding[] {
  return Object.keys(file.clusters).flatMap(cluster =>
    layersOf(file, cluster, 'policy').flatMap(({ path, value }) => {
      const gates = value.gates ?? [];
      const names = gates.map(gate => gate.name ?? gate.kind);
      return gates.flatMap((gate, index): Finding[] => {
        const at = [...path, 'gates', index];
        const first = names.indexOf(names[index] ?? '');
        if (first === index) return checkGate(gate, at);
        const message = `gate ${names[index]} is there already, as number ${first + 1}; give each a name of its own`;
        return [{ code: 'gate-twice', path: at, message }];
      });
    }),
  );
}

function checkGate(gate: GateFile, path: Path): Finding[] {
  switch (gate.kind) {
    case 'alertmanager':
    case 'prometheus':
      return checkServerGate(gate, path);
    case 'quorum':
      return gate.selector === undefined || gate.command === undefined ? [] : [twoWays(path)];
    case 'http':
      return checkHttpGate(gate, path);
    case 'ceph':
    case 'command':
    case 'kured':
    case 'longhorn':
    case 'pods':
      return [];
  }
}

function twoWays(path: Path): Finding {
  return { code: 'gate-members', path, message: 'selector and command both say who the members are; keep one' };
}
