import { z } from 'zod';
import type { AuditEntry } from '../../../../shared/domain/access/audit.ts';
import type { Me } from '../../../../shared/domain/access/me.ts';
import { ROLES } from '../../../../shared/domain/access/role.ts';
import { describes, timeMs } from './common.ts';

/** Longer ones are none of ours. */
const MOST = 1_024;

const secret = z
  .string()
  .min(1, { error: 'is missing' })
  .max(MOST, { error: `is longer than ${MOST}` });

/** A role. */
export const role = z.enum(ROLES).describe('viewer: looks; operator: acts on rollouts too; admin: everything');

/** What somebody logs in with. */
export const logInBody = z
  .union([z.strictObject({ token: secret }), z.strictObject({ user: secret, password: secret })], {
    error: 'expected a token, or user and password',
  })
  .meta({ id: 'LogIn', description: 'A token; or user and password, where the name of a token and the token do too' });

/** Who asks. */
export const me = describes<Me>()({
  name: z.string().describe('As the journal shows it'),
  role,
  auth: z.enum(['open', 'required']).describe('open: everybody on this machine may, without saying who they are'),
  session: z.boolean().describe('Whether a log-in let them in, which can be ended'),
}).meta({ id: 'Me' });

/** That nobody is logged in any more. */
export const loggedOut = z.object({ ended: z.literal(true) });

/** An entry of the audit log. */
export const auditEntry = describes<AuditEntry>()({
  id: z.string(),
  atMs: timeMs('When'),
  name: z.string().describe('Who; of a failed log-in the name given, or unknown'),
  role: role.nullable().describe('null: nobody who may ask'),
  address: z.string(),
  what: z.string().describe('What was asked for, such as pause, or retry eu-1/node-3'),
  path: z.string(),
  result: z.enum(['done', 'refused', 'failed']),
  note: z.string().describe('Why it was refused; empty: nothing to add'),
}).meta({ id: 'AuditEntry' });
