import cookie from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import type { ApiParts } from '../ports.ts';
import { Access, type AccessOptions } from './access.ts';
import { registerAttempts } from './attempts.ts';
import { auditRequests } from './audit.ts';
import { guardOf } from './guard.ts';
import type { TrustedProxy } from './proxy.ts';
import { decorateRequests } from './requests.ts';
import { requireRoles } from './route-role.ts';
import { StreamWatch } from './watch.ts';

/** How a server is guarded. */
export interface GuardOptions extends AccessOptions {
  /** Where it listens. */
  readonly host: string;
  /** Between two looks at whether who reads a stream still may; default: 15 s. */
  readonly lookEveryMs?: number;
}

/** Guards every route that is added after it, and notes who does what. */
export async function registerAccess(
  app: FastifyInstance,
  parts: ApiParts,
  options: GuardOptions,
  proxy: TrustedProxy | null,
): Promise<Access> {
  requireRoles(app);
  decorateRequests(app);
  const attempts = await registerAttempts(app, options.attempts ?? {}, parts.attempts);
  const access = new Access(options, { store: parts.sessions, proxy, attempts });
  // Before the guard, which reads cookies.
  await app.register(cookie);
  const streams = new StreamWatch(access);
  streams.start(app, options.lookEveryMs);
  app.addHook('onRequest', guardOf(options.host, access, streams));
  auditRequests(app, parts.audit, parts.log);
  return access;
}
