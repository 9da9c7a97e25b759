import type { GateBase } from './gate.ts';

/** No volume of Longhorn may lack a replica. */
export interface LonghornGateSettings extends GateBase {
  readonly kind: 'longhorn';
  readonly namespace: string;
}
