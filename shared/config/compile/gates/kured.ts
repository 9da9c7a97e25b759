import type { z } from 'zod';
import type { KuredGateSettings } from '../../../domain/gate/kured.ts';
import { fill } from '../../option.ts';
import { type kuredGateSchema, kuredGateTable } from '../../schema/gates/kured.ts';
import { compileUnits } from '../names.ts';

/** A gate of kind `kured` in our units. */
export function compileKuredGate(file: z.output<typeof kuredGateSchema>): KuredGateSettings {
  const { name = file.kind, ...rest } = fill(kuredGateTable, [file]);
  return { ...compileUnits(rest), name };
}
