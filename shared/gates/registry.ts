import type { GateKind, GateSettings } from '../domain/gate/settings.ts';
import { alertmanagerGate } from './alertmanager/gate.ts';
import type { Gate } from './gate.ts';
import { kuredGate } from './kured/gate.ts';
import { podsGate } from './pods/gate.ts';
import { prometheusGate } from './prometheus/gate.ts';
import { quorumGate } from './quorum/gate.ts';

type GateOf<K extends GateKind> = Gate<Extract<GateSettings, { kind: K }>, never>;

/** Every kind of gate there is. */
const GATES: { readonly [K in GateKind]: GateOf<K> } = {
  alertmanager: alertmanagerGate as GateOf<'alertmanager'>,
  kured: kuredGate as GateOf<'kured'>,
  pods: podsGate as GateOf<'pods'>,
  prometheus: prometheusGate as GateOf<'prometheus'>,
  quorum: quorumGate as GateOf<'quorum'>,
};

/** The gate that has these settings. */
export function gateOf(settings: GateSettings): Gate {
  return GATES[settings.kind];
}

/** All kinds, for whoever tests or lists them. */
export const GATE_KINDS = Object.keys(GATES) as GateKind[];
