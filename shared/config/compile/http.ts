import type { z } from 'zod';
import type { SecretRef } from '../../domain/plan.ts';
import type { HttpTls, StatusRange } from '../../domain/user-check.ts';
import { fill } from '../option.ts';
import { type httpCheckSchema, httpCheckTable, httpTlsTable } from '../schema/user-check.ts';
import type { ToAbsolute } from './ssh.ts';

type HttpFile = z.output<typeof httpCheckSchema>;

/** A question to an HTTP server, in our units. */
export function compileHttp(file: HttpFile, toAbsolute: ToAbsolute) {
  const { url, method, status, body = '', bodyMatches = '', headers, redirects, tls } = fill(httpCheckTable, [file]);
  return {
    kind: 'http',
    url,
    method,
    status: [status].flat().map(rangeOf),
    body,
    bodyMatches,
    headers: compileHeaders(headers, toAbsolute),
    redirects,
    tls: compileTls(tls, toAbsolute),
  } as const;
}

/** Headers whose secrets are files of a known place. */
export function compileHeaders(
  headers: Readonly<Record<string, string | SecretRef>>,
  toAbsolute: ToAbsolute,
): Record<string, string | SecretRef> {
  const refs = Object.entries(headers).map(([name, value]): [string, string | SecretRef] => {
    return [name, typeof value === 'string' ? value : secretAt(value, toAbsolute)];
  });
  return Object.fromEntries(refs);
}

/** Where a secret is, whatever folder one is in. */
export function secretAt(ref: SecretRef, toAbsolute: ToAbsolute): SecretRef {
  return 'file' in ref ? { file: toAbsolute(ref.file) } : ref;
}

/** How a server is checked, in our units. */
export function compileTls(file: HttpFile['tls'], toAbsolute: ToAbsolute): HttpTls {
  const { caFile, serverName = '', insecure } = fill(httpTlsTable, [file]);
  return { caFile: caFile === undefined ? null : toAbsolute(caFile), serverName, insecure };
}

function rangeOf(written: number | string): StatusRange {
  const [from = 0, to = from] = String(written).split('-').map(Number);
  return { from, to };
}
