import { z } from 'zod';
import { required, section } from '../../option.ts';
import { alertsTable } from './alerts.ts';
import { gateTable } from './common.ts';
import { gateServerTable } from './server.ts';

export const alertmanagerGateTable = {
  kind: required(z.literal('alertmanager'), 'Closed as long as there are alerts that nobody silenced.'),
  ...gateTable(['claim', 'reboot']),
  ...gateServerTable,
  ...alertsTable,
};

/** A gate of kind `alertmanager`. */
export const alertmanagerGateSchema = section(
  'AlertmanagerGate',
  'Alerts in Alertmanager that are neither silenced nor inhibited. It is never asked through a proxy.',
  alertmanagerGateTable,
);
