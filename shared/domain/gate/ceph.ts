import type { GateBase } from './gate.ts';

/** Ceph must be whole; and its flag noout may be set while nodes are away. */
export interface CephGateSettings extends GateBase {
  readonly kind: 'ceph';
  /** How `ceph` is called where nodetide runs: POSIX sh text to which its arguments are added. */
  readonly command: string;
  /** Whether noout is set while nodes are away. */
  readonly noout: boolean;
  /** Codes of health warnings that do not count. */
  readonly ignore: readonly string[];
}
