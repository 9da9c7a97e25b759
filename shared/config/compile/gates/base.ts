import type { GateBase } from '../../../domain/gate/gate.ts';
import { fill } from '../../option.ts';
import type { gateTable } from '../../schema/gates/common.ts';

/** What every gate's file says. `table`: that of its kind, for its defaults. */
export function compileGateBase(file: { readonly kind: string }, table: ReturnType<typeof gateTable>): GateBase {
  const { name = file.kind, at, timeout } = fill({ name: table.name, at: table.at, timeout: table.timeout }, [file]);
  return { name, at, timeoutMs: timeout.ms };
}
