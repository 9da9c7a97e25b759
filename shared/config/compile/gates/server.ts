import type { z } from 'zod';
import type { GateServer } from '../../../domain/gate/server.ts';
import type { HttpAuth } from '../../../domain/http-auth.ts';
import { fill } from '../../option.ts';
import { type gateAuthTable, gateServerTable } from '../../schema/gates/server.ts';
import { compileHeaders, compileTls, secretAt } from '../http.ts';
import type { ToAbsolute } from '../ssh.ts';

type AuthFile = {
  readonly [K in keyof typeof gateAuthTable]?: z.output<(typeof gateAuthTable)[K]['schema']> | undefined;
};

/** What the gate's file says of its server. */
export function compileGateServer(file: object, toAbsolute: ToAbsolute): GateServer {
  const { url, auth, headers, tls } = fill(gateServerTable, [file]);
  return {
    url,
    auth: authOf(auth, toAbsolute),
    headers: compileHeaders(headers, toAbsolute),
    tls: compileTls(tls, toAbsolute),
  };
}

function authOf(file: AuthFile | undefined, toAbsolute: ToAbsolute): HttpAuth | null {
  if (file?.token) return { kind: 'bearer', token: secretAt(file.token, toAbsolute) };
  if (file?.user === undefined || !file.password) return null;
  return { kind: 'basic', user: file.user, password: secretAt(file.password, toAbsolute) };
}
