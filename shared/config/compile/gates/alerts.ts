import { parseAlertSelector } from '../../../domain/gate/alert-selector.ts';
import type { AlertFilter } from '../../../domain/gate/alerts.ts';
import { fill } from '../../option.ts';
import { alertsTable } from '../../schema/gates/alerts.ts';

/** What the gate's file says of alerts. */
export function compileAlertFilter(file: object): AlertFilter {
  const { severity = [], include = [], exclude, awayLabels, watchdog = '' } = fill(alertsTable, [file]);
  return {
    severity,
    include: include.map(parseAlertSelector),
    exclude: exclude.map(parseAlertSelector),
    awayLabels,
    watchdog,
  };
}
