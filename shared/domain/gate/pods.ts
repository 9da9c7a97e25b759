import type { GateBase } from './gate.ts';

/** Pods that must not be disturbed: a backup, a long job. */
export interface PodsGateSettings extends GateBase {
  readonly kind: 'pods';
  /** Kubernetes label selector. */
  readonly selector: string;
  /** Empty: all. */
  readonly namespace: string;
  /** `node`: only those on the node itself; `anywhere`: in the whole cluster. */
  readonly where: 'node' | 'anywhere';
}
