import type { z } from 'zod';
import type { Finding, Path } from '../problem.ts';
import type { httpCheckSchema } from '../schema/user-check.ts';

type HttpFile = z.output<typeof httpCheckSchema>;

/** Headers whose value lets somebody in. */
const SECRET_HEADER = /auth|cookie|token|secret|passw|api-?key/i;

/** What contradicts itself in a question to an HTTP server. */
export function checkHttp(http: HttpFile, path: Path): Finding[] {
  const inline = checkHeaders(http.headers, path);
  if (inline.length > 0) return inline;
  if (http.method === 'HEAD' && (http.body ?? http.bodyMatches) !== undefined) {
    const message = 'an answer to HEAD has no body; use GET, or take body and bodyMatches away';
    return [{ code: 'check-http', path: [...path, 'method'], message }];
  }
  return checkTls(http, path);
}

/** Secrets that stand in the file. */
export function checkHeaders(headers: HttpFile['headers'], path: Path): Finding[] {
  const inline = Object.entries(headers ?? {}).find(
    ([name, value]) => typeof value === 'string' && SECRET_HEADER.test(name),
  );
  if (!inline) return [];
  const message = `secrets are never written into the fleet file; say where it is with ${inline[0]}: {env: NAME} or {file: PATH}`;
  return [{ code: 'inline-secret', path: [...path, 'headers', inline[0]], points: 'key', message }];
}

/** Words on TLS that would not count. */
export function checkTls({ url, tls }: Pick<HttpFile, 'url' | 'tls'>, path: Path): Finding[] {
  if (tls && url.startsWith('http:')) {
    const message = 'the URL is http, so tls would not count; use https, or take tls away';
    return [{ code: 'check-http', path: [...path, 'tls'], points: 'key', message }];
  }
  const { insecure = false, caFile, serverName } = tls ?? {};
  if (insecure && (caFile ?? serverName) !== undefined) {
    const message = 'insecure takes any certificate, so caFile and serverName would not count; keep one';
    return [{ code: 'check-http', path: [...path, 'tls', 'insecure'], message }];
  }
  return [];
}
