import type { KubeConfig } from '@kubernetes/client-node';
import { unlessAborted } from '../ports/abort.ts';
import type * as ClientNode from './client.ts';

/** A request past client-node's generated calls: too slow for evictions by the hundred, unknown for kinds of others. */
export interface RawRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** From the root of the server, with its query. */
  readonly path: string;
  /** Becomes JSON. Default: none. */
  readonly body?: unknown;
}

/**
 * Sends a request with the credentials, and over the connections, of client-node; resolves with the answer's body.
 * Rejects for a status from 400 as client-node does, with `code`, `headers` and `body`.
 */
export async function sendRaw(
  k8s: typeof ClientNode,
  config: KubeConfig,
  request: RawRequest,
  signal: AbortSignal,
): Promise<string> {
  const server = new URL(config.getCurrentCluster()?.server ?? '');
  const path = `${server.pathname.replace(/\/$/, '')}${request.path}`;
  const context = new k8s.RequestContext(`${server.origin}${path}`, k8s.HttpMethod[request.method]);
  context.setHeaderParam('Accept', 'application/json');
  const body = request.body === undefined ? null : JSON.stringify(request.body);
  if (body !== null) {
    context.setHeaderParam('Content-Type', 'application/json');
    context.setBody(body);
  }
  context.setSignal(signal);
  // A credential plugin looks at no signal.
  await unlessAborted(config.applySecurityAuthentication(context), signal);
  const answer = await exchange(k8s, context, { origin: server.origin, path, body });
  if (answer.code >= 400) throw Object.assign(new Error(`HTTP ${answer.code}`), answer);
  return answer.body;
}

interface Answer {
  readonly code: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Straight over the pool of connections where there is one: fetch costs several times as much. */
async function exchange(
  k8s: typeof ClientNode,
  context: ClientNode.RequestContext,
  sent: { readonly origin: string; readonly path: string; readonly body: string | null },
): Promise<Answer> {
  const pool = context.getDispatcher();
  if (!pool) {
    const {
      httpStatusCode: code,
      headers,
      body,
    } = await new k8s.IsomorphicFetchHttpLibrary().send(context).toPromise();
    return { code, headers, body: await body.text() };
  }
  const answer = await pool.request({
    ...sent,
    method: context.getHttpMethod(),
    headers: context.getHeaders(),
    signal: context.getSignal() ?? null,
  });
  const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as const);
  return { code: answer.statusCode, headers: Object.fromEntries(headers), body: await answer.body.text() };
}
