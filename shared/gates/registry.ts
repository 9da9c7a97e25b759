import type { GateKind, GateSettings } from '../domain/gate/settings.ts';
import type { Gate } from './gate.ts';
import { kuredGate } from './kured/gate.ts';
import { podsGate } from './pods/gate.ts';

/** Every kind of gate there is. */
const GATES: { readonly [K in GateKind]: Gate<Extract<GateSettings, { kind: K }>, never> } = {
  kured: kuredGate as Gate<Extract<GateSettings, { kind: 'kured' }>, never>,
  pods: podsGate as Gate<Extract<GateSettings, { kind: 'pods' }>, never>,
};

/** The gate that has these settings. */
export function gateOf(settings: GateSettings): Gate {
  return GATES[settings.kind];
}

/** All kinds, for whoever tests or lists them. */
export const GATE_KINDS = Object.keys(GATES) as GateKind[];
