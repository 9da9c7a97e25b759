import type { AlertFilter } from './alerts.ts';
import type { GateBase } from './gate.ts';
import type { GateServer } from './server.ts';

/** Alerts by the word of Prometheus, or any query of one's own. */
export interface PrometheusGateSettings extends GateBase {
  readonly kind: 'prometheus';
  readonly server: GateServer;
  readonly ask: PrometheusQuestion;
  /** What an answer with warnings is worth: part of it may be missing. */
  readonly warnings: 'close' | 'ignore';
}

/** What must not be there. */
export type PrometheusQuestion =
  | { readonly kind: 'alerts'; readonly filter: AlertFilter; readonly pending: boolean }
  /** PromQL that must give no series. */
  | { readonly kind: 'query'; readonly query: string };
