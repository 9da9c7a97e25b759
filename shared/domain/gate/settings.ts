import type { KuredGateSettings } from './kured.ts';
import type { PodsGateSettings } from './pods.ts';

/** The settings of any gate, by `kind`. JSON-safe; no secret in them. */
export type GateSettings = KuredGateSettings | PodsGateSettings;

/** What kinds there are. */
export type GateKind = GateSettings['kind'];
