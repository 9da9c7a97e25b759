import type { GateKind } from '../../../shared/domain/gate/settings.ts';
import { ALERTMANAGER_CASES } from './alertmanager.ts';
import type { GateCase } from './case.ts';
import { CEPH_CASES } from './ceph.ts';
import { COMMAND_CASES } from './command.ts';
import { HTTP_CASES } from './http.ts';
import { KURED_CASES } from './kured.ts';
import { LONGHORN_CASES } from './longhorn.ts';
import { PODS_CASES } from './pods.ts';
import { PROMETHEUS_CASES } from './prometheus.ts';
import { QUORUM_CASES } from './quorum.ts';

/** What each kind of gate makes of the world. */
export const GATE_CASES: Readonly<Record<GateKind, readonly GateCase[]>> = {
  alertmanager: ALERTMANAGER_CASES,
  ceph: CEPH_CASES,
  command: COMMAND_CASES,
  http: HTTP_CASES,
  longhorn: LONGHORN_CASES,
  kured: KURED_CASES,
  pods: PODS_CASES,
  prometheus: PROMETHEUS_CASES,
  quorum: QUORUM_CASES,
};
