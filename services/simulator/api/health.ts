import type { ServerResponse } from 'node:http';
import { versions } from './catalogue.ts';

/** The one check the simulated server has; a real one has some thirty more, its start-up hooks. */
const CHECK = 'ping';
const probes = ['/healthz', '/livez', '/readyz'];

/** Paths a real server tells of at `/`, as far as they are here. */
export const ROOT_PATHS: readonly string[] = [
  '/api',
  '/apis',
  '/apis/',
  ...versions.flatMap(version => {
    const group = version.split('/')[0] ?? '';
    return version.includes('/') ? [`/apis/${group}`, `/apis/${version}`] : [`/api/${version}`];
  }),
  ...probes.flatMap(probe => [probe, `${probe}/${CHECK}`]),
  '/openapi/v3',
  '/version',
]
  .filter((path, index, all) => all.indexOf(path) === index)
  .toSorted();

/** Answers the probes, each check by itself, and `?verbose`. Returns whether the path was one of them. */
export function answerHealth(url: URL, response: ServerResponse): boolean {
  const path = url.pathname.replace(/\/$/, '');
  const probe = probes.find(one => path === one || path === `${one}/${CHECK}`);
  if (probe === undefined) return false;
  const whole = path === probe;
  const verbose = whole && url.searchParams.has('verbose');
  const body = verbose ? `[+]${CHECK} ok\n${probe.slice(1)} check passed\n` : 'ok';
  response.writeHead(200, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-cache, private',
    'content-length': body.length,
    ...(whole ? { 'x-content-type-options': 'nosniff' } : {}),
  });
  response.end(body);
  return true;
}
