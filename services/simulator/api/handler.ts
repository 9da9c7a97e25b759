import type { IncomingMessage, ServerResponse } from 'node:http';
import { attributesOf } from './access/attributes.ts';
import { authorise } from './access/decide.ts';
import { REVIEWS, type ReviewKind } from './access/review.ts';
import type { Identity, Users } from './access/users.ts';
import { handleCollection, handleObject, handleScale, type ObjectCall } from './calls.ts';
import { asActor, type Core } from './core.ts';
import { discover } from './discovery.ts';
import { checkAcceptable, methodNotAllowed, noSuchResource } from './errors.ts';
import { evictPod } from './eviction.ts';
import { answerHealth } from './health.ts';
import { reach } from './list.ts';
import { answerOpenApi } from './openapi.ts';
import { isWatch } from './query.ts';
import { parseObject, parseTarget, readBody, type Target } from './request.ts';
import { sendError, sendJson, sendText } from './respond.ts';
import { SCALABLE } from './scale.ts';
import type { Watches } from './watch.ts';

/** Answers one request; never rejects. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const version = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.2+sim',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-01-01T00:00:00Z',
  goVersion: 'go1.26.10',
  compiler: 'gc',
  platform: 'linux/amd64',
};

/** Makes the handler of a cluster. */
export function createHandler(core: Core, watches: Watches, users: Users): Handler {
  return async (request, response) => {
    try {
      const url = withoutWatchPath(new URL(request.url ?? '/', 'http://api'));
      const user = users.recognise(request);
      authorise(user, attributesOf(request.method ?? '', url));
      if (answerHealth(url, response)) return;
      if (url.pathname === '/version') return sendJson(request, response, 200, version);
      if (answerDiscovery(url.pathname, request, response)) return;
      if (answerOpenApi(url.pathname, request, response)) return;
      const review = REVIEWS.get(url.pathname);
      if (review === undefined) await answerApi(core, watches, url, request, response);
      else await answerReview(core, user, review, request, response);
    } catch (error) {
      sendError(request, response, error);
    }
  };
}

/** `/api/v1/watch/nodes` is an old way to say `/api/v1/nodes?watch=true`. */
function withoutWatchPath(url: URL): URL {
  const found = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)\/watch\/(.+)$/.exec(url.pathname);
  if (found === null) return url;
  url.pathname = `${found[1]}/${found[2]}`;
  url.searchParams.set('watch', 'true');
  return url;
}

function answerDiscovery(pathname: string, request: IncomingMessage, response: ServerResponse): boolean {
  const answer = discover(pathname, request.headers.accept ?? '', request.headers.host ?? '');
  if (answer === undefined) return false;
  if (request.method !== 'GET') throw methodNotAllowed();
  checkAcceptable(request.headers.accept);
  const { etag } = answer;
  const headers = {
    'content-type': answer.contentType,
    ...(etag === undefined ? {} : { etag, vary: 'Accept', 'cache-control': 'public' }),
  };
  if (etag !== undefined && request.headers['if-none-match'] === etag) {
    const { 'content-type': _type, ...unchanged } = headers;
    response.writeHead(304, unchanged).end();
  } else sendText(request, response, 200, `${JSON.stringify(answer.body)}\n`, headers);
  return true;
}

async function answerApi(
  core: Core,
  watches: Watches,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = /^\/apis?\//.test(url.pathname) ? parseTarget(url.pathname) : undefined;
  if (target === undefined) {
    answerNoSuchPath(response);
    return;
  }
  const body = request.method === 'GET' || request.method === 'HEAD' ? Buffer.alloc(0) : await readBody(request);
  if (request.method === 'GET' && !isWatch(url.searchParams)) await reach(core, url.searchParams);
  asActor(core, request.headers['user-agent'] ?? 'unknown', () => {
    dispatch({ core, request, response, body, query: url.searchParams }, watches, target);
  });
}

async function answerReview(
  core: Core,
  user: Identity,
  review: ReviewKind,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'POST') throw methodNotAllowed();
  const given = parseObject(request, await readBody(request), review.kind);
  sendJson(request, response, 201, review.answer(user, given, core.now()));
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
  if (subresource === 'scale' && SCALABLE.has(resource.plural) && name !== undefined) {
    handleScale(call, { ...target, name });
    return;
  }
  if (subresource !== '' && !(subresource === 'status' && resource.hasStatus)) throw noSuchResource();
  if (name === undefined) handleCollection(call, watches, target);
  else handleObject(call, watches, { ...target, name });
}

/** What belongs to no group the server knows gets no Status. */
function answerNoSuchPath(response: ServerResponse): void {
  response.writeHead(404, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-cache, private',
    'x-content-type-options': 'nosniff',
  });
  response.end('404 page not found\n');
}
