import type { FastifyError, FastifyReply } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { clip } from '../../../shared/domain/text.ts';
import { type FieldError, Problem, type ProblemCode, sendProblem } from '../problem.ts';

const DETAIL_CHARS = 500;

const BY_FASTIFY_CODE: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'not-json',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
};

/** Answers with the problem behind whatever was thrown. `notReady`: why the server cannot answer; null: it can. */
export async function sendError(
  error: FastifyError,
  reply: FastifyReply,
  notReady: () => Promise<string | null>,
): Promise<FastifyReply> {
  return sendProblem(reply, await problemOf(error, notReady));
}

async function problemOf(error: FastifyError, notReady: () => Promise<string | null>): Promise<Problem> {
  if (error instanceof Problem) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return badFields(error);
  const known = BY_FASTIFY_CODE[error.code];
  if (known) return new Problem(known, error.message);
  if (error.statusCode !== undefined && error.statusCode < 500)
    return new Problem('bad-request', `body: ${error.message}`);
  const reason = await notReady();
  if (reason !== null) return new Problem('not-ready', clip(reason, DETAIL_CHARS));
  return new Problem('internal', clip(error.message, DETAIL_CHARS));
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
