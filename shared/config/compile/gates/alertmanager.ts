import type { z } from 'zod';
import type { AlertmanagerGateSettings } from '../../../domain/gate/alertmanager.ts';
import { type alertmanagerGateSchema, alertmanagerGateTable } from '../../schema/gates/alertmanager.ts';
import type { ToAbsolute } from '../ssh.ts';
import { compileAlertFilter } from './alerts.ts';
import { compileGateBase } from './base.ts';
import { compileGateServer } from './server.ts';

/** A gate of kind `alertmanager` in our units. */
export function compileAlertmanagerGate(
  file: z.output<typeof alertmanagerGateSchema>,
  toAbsolute: ToAbsolute,
): AlertmanagerGateSettings {
  return {
    ...compileGateBase(file, alertmanagerGateTable),
    kind: file.kind,
    server: compileGateServer(file, toAbsolute),
    filter: compileAlertFilter(file),
  };
}
