import type { HttpQuestion } from '../user-check.ts';
import type { GateBase } from './gate.ts';

/** Open as long as an HTTP server answers as it should. */
export interface HttpGateSettings extends GateBase {
  readonly kind: 'http';
  /** `node`: asked about each node, whose name and address the question may hold. */
  readonly of: 'cluster' | 'node';
  readonly ask: HttpQuestion;
}
