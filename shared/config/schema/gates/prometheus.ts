import { z } from 'zod';
import { option, required, section } from '../../option.ts';
import { oneOf, words, yesNo } from '../../values.ts';
import { alertsTable } from './alerts.ts';
import { gateTable } from './common.ts';
import { gateServerTable } from './server.ts';

export const prometheusGateTable = {
  kind: required(z.literal('prometheus'), 'Closed as long as alerts fire, or a query gives something.'),
  ...gateTable(['claim', 'reboot']),
  ...gateServerTable,
  query: option(words, 'PromQL that must give nothing, in the place of alerts.', { otherwise: 'alerts are asked for' }),
  pending: option(yesNo, 'Alerts that do not fire yet count, too.', { default: false }),
  ...alertsTable,
  warnings: option(
    oneOf('close', 'ignore'),
    'What warnings of Prometheus do that come with an answer without alerts: part of it may be missing.',
    { default: 'close' },
  ),
};

/** A gate of kind `prometheus`. */
export const prometheusGateSchema = section(
  'PrometheusGate',
  'Alerts that fire in Prometheus, or any query of your own. It is never asked through a proxy.',
  prometheusGateTable,
);
