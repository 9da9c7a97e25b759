import type { AlertFilter } from './alerts.ts';
import type { GateBase } from './gate.ts';
import type { GateServer } from './server.ts';

/** Alerts by the word of Alertmanager: those silenced or inhibited there do not count. */
export interface AlertmanagerGateSettings extends GateBase {
  readonly kind: 'alertmanager';
  readonly server: GateServer;
  readonly filter: AlertFilter;
}
