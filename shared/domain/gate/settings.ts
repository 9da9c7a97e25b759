import type { AlertmanagerGateSettings } from './alertmanager.ts';
import type { CephGateSettings } from './ceph.ts';
import type { CommandGateSettings } from './command.ts';
import type { HttpGateSettings } from './http.ts';
import type { KuredGateSettings } from './kured.ts';
import type { LonghornGateSettings } from './longhorn.ts';
import type { PodsGateSettings } from './pods.ts';
import type { PrometheusGateSettings } from './prometheus.ts';
import type { QuorumGateSettings } from './quorum.ts';

/** The settings of any gate, by `kind`. JSON-safe; no secret in them. */
export type GateSettings =
  | AlertmanagerGateSettings
  | CephGateSettings
  | CommandGateSettings
  | HttpGateSettings
  | KuredGateSettings
  | LonghornGateSettings
  | PodsGateSettings
  | PrometheusGateSettings
  | QuorumGateSettings;

/** What kinds there are. */
export type GateKind = GateSettings['kind'];
