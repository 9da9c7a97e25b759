import type { z } from 'zod';
import type { LonghornGateSettings } from '../../../domain/gate/longhorn.ts';
import { fill } from '../../option.ts';
import { type longhornGateSchema, longhornGateTable } from '../../schema/gates/longhorn.ts';
import { compileUnits } from '../names.ts';

/** A gate of kind `longhorn` in our units. */
export function compileLonghornGate(file: z.output<typeof longhornGateSchema>): LonghornGateSettings {
  const { name = file.kind, ...rest } = fill(longhornGateTable, [file]);
  return { ...compileUnits(rest), name };
}
