import type { z } from 'zod';
import type { PodsGateSettings } from '../../../domain/gate/pods.ts';
import { fill } from '../../option.ts';
import { type podsGateSchema, podsGateTable } from '../../schema/gates/pods.ts';
import { compileUnits } from '../names.ts';

/** A gate of kind `pods` in our units. */
export function compilePodsGate(file: z.output<typeof podsGateSchema>): PodsGateSettings {
  const { name = file.kind, namespace = '', ...rest } = fill(podsGateTable, [file]);
  return { ...compileUnits(rest), name, namespace };
}
