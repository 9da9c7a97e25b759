import type { GateKind, GateSettings } from '../domain/gate/settings.ts';
import { alertmanagerGate } from './alertmanager/gate.ts';
import { cephGate } from './ceph/gate.ts';
import { commandGate } from './command/gate.ts';
import type { Gate } from './gate.ts';
import { httpGate } from './http/gate.ts';
import { kuredGate } from './kured/gate.ts';
import { longhornGate } from './longhorn/gate.ts';
import { podsGate } from './pods/gate.ts';
import { prometheusGate } from './prometheus/gate.ts';
import { quorumGate } from './quorum/gate.ts';

type GateOf<K extends GateKind> = Gate<Extract<GateSettings, { kind: K }>, never>;

/** Every kind of gate there is. */
const GATES: { readonly [K in GateKind]: GateOf<K> } = {
  alertmanager: alertmanagerGate as GateOf<'alertmanager'>,
  ceph: cephGate as GateOf<'ceph'>,
  command: commandGate as GateOf<'command'>,
  http: httpGate as GateOf<'http'>,
  kured: kuredGate as GateOf<'kured'>,
  longhorn: longhornGate as GateOf<'longhorn'>,
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
