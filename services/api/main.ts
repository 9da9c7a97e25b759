import { fail } from '../../shared/domain/failures/catalogue.ts';
import { isLoopback } from './access/loopback.ts';
import { parseProxyRoles } from './access/proxy.ts';
import { TokenHashes } from './access/token-hashes.ts';
import type { ApiParts } from './ports.ts';
import { buildServer } from './server.ts';
import { API_PATH } from './v1/api.ts';

export { newToken, TOKEN_NAME } from './access/tokens.ts';
export type { StepOfNode } from './board/queue.ts';
export { metricsOf } from './metrics/start.ts';
export type { ApiParts } from './ports.ts';

/** Where to listen. Any host but a loopback one, and any with a proxy, needs a password, tokens or the proxy's roles. */
export interface ApiOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly password?: string;
  /** File with the hashes of tokens; read again when it changes. */
  readonly tokenHashesFile?: string;
  readonly proxy?: ProxyFlags;
  /** Of a log-in without a request; default: 12 h. */
  readonly sessionLifeMs?: number;
}

/** A proxy in front: see the options of the same names in docs/access.md. */
export interface ProxyFlags {
  readonly from: readonly string[];
  readonly userHeader?: string;
  readonly groupsHeader?: string;
  /** `admin=group1,operator=group2` */
  readonly roles?: string;
}

/** The HTTP face, as running. */
export interface RunningApi {
  /** Without a `/` at the end. */
  readonly url: string;
  /** Of the HTTP API; without a `/` at the end. */
  readonly apiUrl: string;
  /** Ends event streams, then closes every connection. */
  stop(): Promise<void>;
}

/**
 * Serves health (`/livez`, `/readyz`), metrics (`/metrics`), the HTTP API (`/api/v1`) and the queues (`/queues`).
 * @throws api-password-missing, api-token-hashes, api-proxy-wrong, api-address-in-use, api-cannot-listen
 */
export async function startApi(parts: ApiParts, options: ApiOptions): Promise<RunningApi> {
  const { host, port, password, tokenHashesFile, proxy, sessionLifeMs } = options;
  // Through a proxy others reach a loopback address too.
  const reachable = proxy ? 'a server behind a proxy' : isLoopback(host) ? null : host;
  if (reachable !== null && !password && tokenHashesFile === undefined && proxy?.roles === undefined) {
    throw fail('api-password-missing', {
      message: `${reachable} can be reached by others: a password, tokens or a proxy's roles are needed`,
    });
  }
  const tokens = tokenHashesFile === undefined ? null : await TokenHashes.open(tokenHashesFile, parts.log);
  const app = await buildServer(parts, {
    host,
    ...(password && { password }),
    ...(tokens && { tokens: () => tokens.current() }),
    ...(proxy && { proxy: { ...proxy, roles: proxy.roles === undefined ? [] : parseProxyRoles(proxy.roles) } }),
    ...(sessionLifeMs && { sessionLifeMs }),
  });
  try {
    const url = await app.listen({ host, port });
    return { url, apiUrl: `${url}${API_PATH}`, stop: () => app.close() };
  } catch (error) {
    await app.close();
    const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    throw fail(inUse ? 'api-address-in-use' : 'api-cannot-listen', {
      message: `cannot listen on ${host}:${port}`,
      seen: String(error),
      cause: error,
    });
  }
}
