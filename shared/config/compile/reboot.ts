import type { z } from 'zod';
import type { RebootPolicy } from '../../domain/policy.ts';
import { fill } from '../option.ts';
import { type rebootSchema, rebootTable } from '../schema/reboot.ts';
import { compileUnits } from './names.ts';

/** When and how nodes are rebooted. `layers`: general first. */
export function compileReboot(layers: readonly (z.output<typeof rebootSchema> | undefined)[]): RebootPolicy {
  const { shutdownFirst = false, ...rest } = fill(rebootTable, layers);
  return { ...compileUnits(rest), shutdownFirst };
}
