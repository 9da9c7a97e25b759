import type { GateBase } from './gate.ts';

/** kured's lock in the same cluster. */
export interface KuredGateSettings extends GateBase {
  readonly kind: 'kured';
  /** `honour`: nothing begins while somebody else has it; `hold`: it is ours while nodes are away. */
  readonly lock: 'honour' | 'hold';
  /** Of its DaemonSet. */
  readonly namespace: string;
  readonly daemonSet: string;
  /** A lock of ours expires so long after it was renewed last. */
  readonly ttlMs: number;
}
