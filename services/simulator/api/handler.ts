import type { IncomingMessage, ServerResponse } from 'node:http';
import { handleCollection, handleObject, type ObjectCall } from './calls.ts';
import { asActor, type Core } from './core.ts';
import { discover } from './discovery.ts';
import { ApiError, methodNotAllowed, noSuchResource } from './errors.ts';
import { evictPod } from './eviction.ts';
import { parseObject, parseTarget, readBody, type Target } from './request.ts';
import { sendError, sendJson, sendText } from './respond.ts';
import { reviewAccess } from './review.ts';
import type { Watches } from './watch.ts';

/** Answers one request; never rejects. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const version = {
  major: '1',
  minor: '33',
  gitVersion: 'v1.33.0+sim',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-01-01T00:00:00Z',
  goVersion: 'go1.24.0',
  compiler: 'gc',
  platform: 'linux/amd64',
};

/** Makes the handler of a cluster. `token` undefined: nobody is asked for one. */
export function createHandler(core: Core, watches: Watches, token: string | undefined): Handler {
  return async (request, response) => {
    try {
      const url = new URL(request.url ?? '/', 'http://api');
      if (answerHealth(url.pathname, response)) return;
      if (token !== undefined && request.headers.authorization !== `Bearer ${token}`)
        throw new ApiError(401, 'Unauthorized', 'Unauthorized');
      if (url.pathname === '/version') return sendJson(request, response, 200, version);
      if (answerDiscovery(url.pathname, request, response)) return;
      await answerApi(core, watches, url, request, response);
    } catch (error) {
      sendError(request, response, error);
    }
  };
}

function answerHealth(pathname: string, response: ServerResponse): boolean {
  const found = /^\/(healthz|livez|readyz)(\/ping)?\/?$/.test(pathname);
  if (found) response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'content-length': 2 }).end('ok');
  return found;
}

function answerDiscovery(pathname: string, request: IncomingMessage, response: ServerResponse): boolean {
  const answer = discover(pathname, request.headers.accept ?? '');
  if (answer === undefined) return false;
  if (request.method !== 'GET') throw methodNotAllowed();
  const { etag } = answer;
  const headers = {
    'content-type': answer.contentType,
    ...(etag === undefined ? {} : { etag, vary: 'Accept', 'cache-control': 'public' }),
  };
  if (etag !== undefined && request.headers['if-none-match'] === etag) response.writeHead(304, headers).end();
  else sendText(request, response, 200, `${JSON.stringify(answer.body)}\n`, headers);
  return true;
}

async function answerApi(
  core: Core,
  watches: Watches,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const reviews = url.pathname === '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const target = reviews || !/^\/apis?\//.test(url.pathname) ? undefined : parseTarget(url.pathname);
  if (!reviews && target === undefined) {
    answerNoSuchPath(response);
    return;
  }
  const body = request.method === 'GET' || request.method === 'HEAD' ? Buffer.alloc(0) : await readBody(request);
  asActor(core, request.headers['user-agent'] ?? 'unknown', () => {
    if (target === undefined) {
      if (request.method !== 'POST') throw methodNotAllowed();
      sendJson(request, response, 201, reviewAccess(core, parseObject(request, body, 'SelfSubjectAccessReview')));
    } else dispatch({ core, request, response, body, query: url.searchParams }, watches, target);
  });
}

function dispatch(call: ObjectCall, watches: Watches, target: Target): void {
  const { core, request, response, body, query } = call;
  const { resource, namespace = '', name, subresource } = target;
  if (subresource === 'eviction' && resource.plural === 'pods' && name !== undefined) {
    if (request.method !== 'POST') throw methodNotAllowed();
    const eviction = parseObject(request, body, 'Eviction');
    sendJson(request, response, 201, evictPod(core, namespace, name, eviction, query.get('dryRun') === 'All'));
    return;
  }
  if (subresource !== '' && !(subresource === 'status' && resource.hasStatus)) throw noSuchResource();
  if (name === undefined) handleCollection(call, watches, target);
  else handleObject(call, watches, { ...target, name });
}

/** What belongs to no group the server knows gets no Status. */
function answerNoSuchPath(response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
  response.end('404 page not found\n');
}
