import type { z } from 'zod';
import type { PrometheusGateSettings } from '../../../domain/gate/prometheus.ts';
import { fill } from '../../option.ts';
import { type prometheusGateSchema, prometheusGateTable } from '../../schema/gates/prometheus.ts';
import type { ToAbsolute } from '../ssh.ts';
import { compileAlertFilter } from './alerts.ts';
import { compileGateBase } from './base.ts';
import { compileGateServer } from './server.ts';

/** A gate of kind `prometheus` in our units. */
export function compilePrometheusGate(
  file: z.output<typeof prometheusGateSchema>,
  toAbsolute: ToAbsolute,
): PrometheusGateSettings {
  const { kind, query, pending, warnings } = fill(prometheusGateTable, [file]);
  return {
    ...compileGateBase(file, prometheusGateTable),
    kind,
    server: compileGateServer(file, toAbsolute),
    ask: query === undefined ? { kind: 'alerts', filter: compileAlertFilter(file), pending } : { kind: 'query', query },
    warnings,
  };
}
