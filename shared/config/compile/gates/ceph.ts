import type { z } from 'zod';
import type { CephGateSettings } from '../../../domain/gate/ceph.ts';
import { fill } from '../../option.ts';
import { type cephGateSchema, cephGateTable } from '../../schema/gates/ceph.ts';
import { compileUnits } from '../names.ts';

/** A gate of kind `ceph` in our units. */
export function compileCephGate(file: z.output<typeof cephGateSchema>): CephGateSettings {
  const { name = file.kind, ...rest } = fill(cephGateTable, [file]);
  return { ...compileUnits(rest), name };
}
