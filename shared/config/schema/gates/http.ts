import { z } from 'zod';
import { option, required, section } from '../../option.ts';
import { oneOf } from '../../values.ts';
import { httpCheckTable } from '../user-check.ts';
import { gateTable } from './common.ts';

export const httpGateTable = {
  kind: required(z.literal('http'), 'Closed as long as an HTTP server does not answer as it should.'),
  ...gateTable(['claim', 'reboot']),
  of: option(oneOf('cluster', 'node'), 'Whether it is asked once, or about each node.', { default: 'cluster' }),
  ...httpCheckTable,
};

/** A gate of kind `http`. */
export const httpGateSchema = section(
  'HttpGate',
  'An HTTP server that must answer as it should. It is never asked through a proxy.',
  httpGateTable,
);
