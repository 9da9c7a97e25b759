import type { AlertmanagerGateSettings } from './alertmanager.ts';
import type { KuredGateSettings } from './kured.ts';
import type { PodsGateSettings } from './pods.ts';
import type { PrometheusGateSettings } from './prometheus.ts';
import type { QuorumGateSettings } from './quorum.ts';

/** The settings of any gate, by `kind`. JSON-safe; no secret in them. */
export type GateSettings =
  | AlertmanagerGateSettings
  | KuredGateSettings
  | PodsGateSettings
  | PrometheusGateSettings
  | QuorumGateSettings;

/** What kinds there are. */
export type GateKind = GateSettings['kind'];
