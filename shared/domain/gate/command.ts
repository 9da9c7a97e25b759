import type { GateBase } from './gate.ts';

/** A command of the user's own, on the machine nodetide runs on: exit 0 is open, 1 closed, all else an error. */
export interface CommandGateSettings extends GateBase {
  readonly kind: 'command';
  /** `node`: it is run for each node. */
  readonly of: 'cluster' | 'node';
  /** POSIX sh text. */
  readonly command: string;
}
