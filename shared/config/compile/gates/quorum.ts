import type { z } from 'zod';
import type { QuorumGateSettings, QuorumMembers } from '../../../domain/gate/quorum.ts';
import type { GateSettings } from '../../../domain/gate/settings.ts';
import { fill } from '../../option.ts';
import { type quorumGateSchema, quorumGateTable } from '../../schema/gates/quorum.ts';
import { compileUnits } from '../names.ts';

type QuorumFile = z.output<typeof quorumGateSchema>;

/** Named so unless it says otherwise. */
const CONTROL_PLANE = 'control-plane';

/** A gate of kind `quorum` in our units. */
export function compileQuorumGate(file: QuorumFile): QuorumGateSettings {
  const { enabled: _, selector, command, healthUrl = '', name = nameOf(file), ...rest } = fill(quorumGateTable, [file]);
  const members: QuorumMembers =
    command === undefined
      ? selector === undefined
        ? { kind: 'roles' }
        : { kind: 'selector', selector }
      : { kind: 'command', command };
  return { ...compileUnits(rest), name, members, healthUrl };
}

/** The gates that hold: without those switched off, and with the one for the control plane, which need not be written. */
export function withQuorum<F extends { readonly kind: string }>(
  files: readonly (F | QuorumFile)[],
  compile: (file: F | QuorumFile) => GateSettings,
): GateSettings[] {
  const quorums = files.filter((file): file is QuorumFile => file.kind === 'quorum');
  const isWritten = quorums.some(file => file.selector === undefined && file.command === undefined);
  const on = files.filter(file => !(file.kind === 'quorum' && (file as QuorumFile).enabled === false));
  const own = isWritten ? [] : [compileQuorumGate({ kind: 'quorum' })];
  return [...own, ...on.map(compile)];
}

function nameOf({ selector, command, kind }: QuorumFile): string {
  return selector === undefined && command === undefined ? CONTROL_PLANE : kind;
}
