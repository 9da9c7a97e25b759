import type { AlertmanagerGateSettings } from '../../domain/gate/alertmanager.ts';
import type { Alert } from '../../domain/gate/alerts.ts';
import { judgeAlerts } from '../alerts/judge.ts';
import type { Gate } from '../gate.ts';
import { askJson } from '../server/ask.ts';
import { readAlerts } from './answer.ts';

/** Alerts in Alertmanager that are neither silenced nor inhibited keep nodes from being taken. */
export const alertmanagerGate: Gate<AlertmanagerGateSettings, readonly Alert[]> = {
  kind: 'alertmanager',
  scope: () => 'cluster',
  gather: async ({ server }, from) => {
    const query = { active: 'true', silenced: 'false', inhibited: 'false', unprocessed: 'true' };
    return readAlerts(await askJson(server, '/api/v2/alerts', query, from));
  },
  judge: ({ filter }, alerts, { nodes }) => judgeAlerts(filter, alerts, nodes),
};
