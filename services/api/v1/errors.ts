import type { FastifyError, FastifyReply } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { StepError } from '../../../shared/domain/failure.ts';
import { clip } from '../../../shared/domain/text.ts';
import type { ServiceLog } from '../../common/log.ts';
import { type FieldError, Problem, type ProblemCode, sendProblem } from '../problem.ts';

const DETAIL_CHARS = 500;
const UNKNOWN = 'an error that is not known; the log of the server tells more';

const BY_FASTIFY_CODE: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'not-json',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
};

/** What tells more of an error than its answer. */
export interface ErrorParts {
  readonly log: ServiceLog;
  /** Why the server cannot answer; null: it can. */
  notReady(): Promise<string | null>;
}

/** Answers with the problem behind whatever was thrown. */
export async function sendError(error: FastifyError, reply: FastifyReply, parts: ErrorParts): Promise<FastifyReply> {
  const problem = await problemOf(error, parts);
  if (problem.code === 'internal') {
    const { method, url } = reply.request.routeOptions;
    parts.log.error({ method: String(method), path: url, error: error.stack ?? String(error) }, 'a request failed');
  }
  return sendProblem(reply, problem);
}

/** Logs an error that no answer tells of, unless the server cannot answer at all, which is told elsewhere. */
export async function logFault(error: unknown, what: string, parts: ErrorParts): Promise<void> {
  if ((await parts.notReady()) !== null) return;
  const reason = error instanceof Error ? (error.cause ?? error) : error;
  const text = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
  parts.log.error({ error: text }, what);
}

async function problemOf(error: FastifyError, parts: ErrorParts): Promise<Problem> {
  if (error instanceof Problem) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return badFields(error);
  const known = BY_FASTIFY_CODE[error.code];
  if (known) return new Problem(known, error.message);
  if (error.statusCode !== undefined && error.statusCode < 500)
    return new Problem('bad-request', `body: ${error.message}`);
  const reason = await parts.notReady();
  if (reason !== null) return new Problem('not-ready', clip(reason, DETAIL_CHARS));
  // Its words may tell of what nobody outside is to know: addresses, paths, what was asked of the store.
  return new Problem('internal', error instanceof StepError ? clip(error.message, DETAIL_CHARS) : UNKNOWN);
}

const PARTS: Readonly<Record<string, string>> = { querystring: 'query', params: 'path', headers: 'header' };

function badFields(error: FastifyError): Problem {
  const context = error.validationContext ?? '';
  const part = PARTS[context] ?? context;
  const errors = (error.validation ?? []).flatMap(({ instancePath, message, params }): FieldError[] => {
    const path = [part, ...instancePath.split('/').filter(Boolean)].join('.');
    const unknown = (params['keys'] ?? []) as string[];
    if (unknown.length > 0)
      return unknown.map(key => ({ field: `${path}.${clip(key, 50)}`, message: 'is not known here' }));
    return [{ field: path, message: message ?? 'is wrong' }];
  });
  const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return new Problem('bad-request', clip(detail, DETAIL_CHARS), errors);
}
