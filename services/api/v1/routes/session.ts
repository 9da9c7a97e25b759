import type { z } from 'zod';
import type { Me } from '../../../../shared/domain/access/me.ts';
import { Problem } from '../../problem.ts';
import type { ApiApp, RouteParts } from '../route.ts';
import { loggedOut, logInBody, me } from '../schema/access.ts';
import { answer } from '../schema/common.ts';
import { problems } from '../schema/problem.ts';

/** A secret is short. */
const BODY_BYTES = 4 * 1024;

/** Who asks, and logging in and out. */
export function sessionRoutes(app: ApiApp, parts: RouteParts): void {
  meRoute(app, parts);
  logInRoute(app, parts);
  logOutRoute(app, parts);
}

function meRoute(app: ApiApp, { access }: RouteParts): void {
  app.get(
    '/me',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'getMe',
        summary: 'Who asks, and what they may do',
        tags: ['access'],
        response: { 200: answer('Who asks', me), ...problems() },
      },
    },
    async ({ person: { name, role, by } }): Promise<Me> => ({
      name,
      role,
      auth: authOf(access),
      session: by === 'session',
    }),
  );
}

function logInRoute(app: ApiApp, { access }: RouteParts): void {
  app.post(
    '/session',
    {
      config: { role: 'open' },
      bodyLimit: BODY_BYTES,
      schema: {
        operationId: 'logIn',
        summary: 'Logs in: what lets in goes into a cookie that no page can read',
        tags: ['access'],
        body: logInBody,
        response: {
          200: answer('Who is logged in', me),
          ...problems('bad-request', 'body-too-large', 'not-json', 'not-ready'),
        },
      },
    },
    async (request, reply): Promise<Me> => {
      request.act = 'log in';
      const person = await access.logIn(givenBy(request.body), reply);
      if (person === null) throw new Problem('unauthorised', 'no such token, or user and password');
      return { name: person.name, role: person.role, auth: authOf(access), session: true };
    },
  );
}

function logOutRoute(app: ApiApp, { access }: RouteParts): void {
  app.delete(
    '/session',
    {
      config: { role: 'open' },
      schema: {
        operationId: 'logOut',
        summary: 'Logs out',
        tags: ['access'],
        response: { 200: answer('Nobody is logged in any more', loggedOut), ...problems('not-ready') },
      },
    },
    async (request, reply) => {
      const person = await access.logOut(reply);
      if (person !== null) Object.assign(request, { person, act: 'log out' });
      return { ended: true };
    },
  );
}

function givenBy(body: z.output<typeof logInBody>) {
  return 'token' in body ? { user: null, secret: body.token } : { user: body.user, secret: body.password };
}

function authOf({ open }: RouteParts['access']): Me['auth'] {
  return open ? 'open' : 'required';
}
