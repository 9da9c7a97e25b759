import type { z } from 'zod';
import type { CommandGateSettings } from '../../../domain/gate/command.ts';
import { fill } from '../../option.ts';
import { type commandGateSchema, commandGateTable } from '../../schema/gates/command.ts';
import { compileUnits } from '../names.ts';

/** A gate of kind `command` in our units. */
export function compileCommandGate(file: z.output<typeof commandGateSchema>): CommandGateSettings {
  const { name = file.kind, ...rest } = fill(commandGateTable, [file]);
  return { ...compileUnits(rest), name };
}
