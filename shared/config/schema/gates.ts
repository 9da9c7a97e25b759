import { z } from 'zod';
import { alertmanagerGateSchema } from './gates/alertmanager.ts';
import { cephGateSchema } from './gates/ceph.ts';
import { commandGateSchema } from './gates/command.ts';
import { httpGateSchema } from './gates/http.ts';
import { kuredGateSchema } from './gates/kured.ts';
import { longhornGateSchema } from './gates/longhorn.ts';
import { podsGateSchema } from './gates/pods.ts';
import { prometheusGateSchema } from './gates/prometheus.ts';
import { quorumGateSchema } from './gates/quorum.ts';

/** Every kind of gate, as written. */
const SCHEMAS = [
  alertmanagerGateSchema,
  cephGateSchema,
  commandGateSchema,
  httpGateSchema,
  kuredGateSchema,
  longhornGateSchema,
  podsGateSchema,
  prometheusGateSchema,
  quorumGateSchema,
] as const;

const kinds = SCHEMAS.map(schema => schema.shape.kind.value).join(', ');

/** `policy.gates`. */
export const gatesSchema = z.array(z.discriminatedUnion('kind', SCHEMAS, { error: `one of the kinds ${kinds}` }));

/** One gate as written. */
export type GateFile = z.output<typeof gatesSchema>[number];
