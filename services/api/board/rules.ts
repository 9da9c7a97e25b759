/** A route as Bull Board names it: lower-case method and pattern. */
export interface BoardRoute {
  readonly method: string;
  readonly route: string;
}

/** What may be changed; reading is always allowed. Both acts only make a job run that would run anyway. */
const ALLOWED: ReadonlySet<string> = new Set([
  'put /api/queues/:queueName/:jobId/retry',
  'put /api/queues/:queueName/:jobId/promote',
]);

/** What to do instead, by the last word of the pattern. */
const INSTEAD: Readonly<Record<string, string>> = {
  clean: 'a removed step would let the next one start; to give a node up: nodetide skip NODE',
  ':queueStatus': 'jobs are removed and retried one by one, by the rules of their rollout: nodetide retry NODE',
  pause: 'to take no further nodes: nodetide pause',
  resume: 'to go on after a pause: nodetide resume',
  promote: 'jobs are promoted one by one',
  add: 'jobs are made from plans only: nodetide run',
};

/** Why a route is refused; null: it is allowed. What is not known is refused. */
export function refusal({ method, route }: BoardRoute): string | null {
  if (method === 'get' || ALLOWED.has(`${method} ${route}`)) return null;
  const last = route.split('/').at(-1) ?? '';
  const instead = INSTEAD[last] ?? 'queues and jobs are changed by the engine only';
  return `nodetide does not allow this here: ${instead}`;
}
