import type { FastifyReply } from 'fastify';
import { challenges } from './access/challenge.ts';

/** Every problem there is: docs/api.md lists them. */
export const PROBLEMS = {
  'bad-request': { status: 400, title: 'The request is not understood' },
  unauthorised: { status: 401, title: 'A token or the password is needed' },
  forbidden: { status: 403, title: 'Another role is needed' },
  'foreign-site': { status: 403, title: 'Asked by the page of another site' },
  'foreign-name': { status: 403, title: 'Asked under a name that is not this machine' },
  'no-such-path': { status: 404, title: 'There is no such path or method' },
  'unknown-rollout': { status: 404, title: 'There is no such rollout' },
  'unknown-node': { status: 404, title: 'The rollout has no such node' },
  'unknown-draft': { status: 404, title: 'There is no such draft' },
  'unknown-cluster': { status: 404, title: 'No such cluster is known' },
  'unknown-schedule': { status: 404, title: 'There is no such schedule' },
  'command-refused': { status: 409, title: 'The command is refused now' },
  'draft-refused': { status: 409, title: 'The draft cannot begin now' },
  'clusters-held': { status: 409, title: 'Another rollout has one of the clusters' },
  'schedule-exists': { status: 409, title: 'There is a schedule of this name' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'not-json': { status: 415, title: 'The body is not application/json' },
  'too-many-attempts': { status: 429, title: 'Too many attempts' },
  internal: { status: 500, title: 'Something went wrong in the server' },
  'no-planner': { status: 503, title: 'No scheduler with a fleet file can be asked' },
  'not-ready': { status: 503, title: 'The server cannot answer now' },
} as const;

/** Names one of {@link PROBLEMS}. */
export type ProblemCode = keyof typeof PROBLEMS;

/** What is wrong with one field of a request. */
export interface FieldError {
  /** Where: `body.wave`, `query.limit`. */
  readonly field: string;
  readonly message: string;
}

/** Thrown by whatever answers a request: becomes problem details (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[];

  /** When to try again; null: nothing to say. */
  readonly retryAfterSeconds: number | null;

  constructor(
    code: ProblemCode,
    detail: string,
    errors: readonly FieldError[] = [],
    retryAfterSeconds: number | null = null,
  ) {
    super(detail);
    this.code = code;
    this.errors = errors;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Problem details as they are sent. `instance`: the path asked for, without its query. */
function problemBody({ code, message, errors }: Problem, instance: string) {
  const { status, title } = PROBLEMS[code];
  const type = `urn:nodetide:problem:${code}`;
  return { type, title, status, detail: message, instance, ...(errors.length > 0 && { errors }) };
}

/** Answers with a problem. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const instance = reply.request.url.split('?')[0] ?? '';
  reply.request.problem = problem;
  if (problem.code === 'unauthorised') reply.header('www-authenticate', challenges(reply.request));
  if (problem.retryAfterSeconds !== null) reply.header('retry-after', problem.retryAfterSeconds);
  return reply
    .code(PROBLEMS[problem.code].status)
    .header('content-type', 'application/problem+json')
    .serializer(JSON.stringify)
    .send(problemBody(problem, instance));
}
