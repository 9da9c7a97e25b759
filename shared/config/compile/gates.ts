import type { GateSettings } from '../../domain/gate/settings.ts';
import type { GateFile } from '../schema/gates.ts';
import { compileKuredGate } from './gates/kured.ts';
import { compilePodsGate } from './gates/pods.ts';

/** A gate in our units. */
export function compileGate(file: GateFile): GateSettings {
  switch (file.kind) {
    case 'kured':
      return compileKuredGate(file);
    case 'pods':
      return compilePodsGate(file);
  }
}
