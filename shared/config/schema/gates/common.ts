import { z } from 'zod';
import { GATE_MOMENTS, type GateMoment } from '../../../domain/gate/gate.ts';
import { option } from '../../option.ts';
import { oneOf, positiveDuration, text } from '../../values.ts';

/** What every gate may say; `at`: when it is asked unless it says so. */
export function gateTable(at: GateMoment[]) {
  return {
    name: option(
      text(
        'a name of lower-case letters, digits and "-" of at most 63 characters',
        /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
      ),
      'What it is called where something waits for it; unique in its list.',
      { otherwise: 'its kind' },
    ),
    at: option(
      z.array(oneOf(...GATE_MOMENTS)).min(1, { error: 'at least one moment' }),
      'When it is asked: before a node is taken (claim), right before its reboot, as a check of verify, and before the slot goes on (recovery).',
      { default: at },
    ),
    timeout: option(positiveDuration, 'Without an answer after this it is closed.', { default: '10s' }),
  };
}
