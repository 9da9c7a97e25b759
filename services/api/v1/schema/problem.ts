import { z } from 'zod';
import type { FieldError } from '../../problem.ts';
import { PROBLEMS, type ProblemCode } from '../../problem.ts';
import { describes } from './common.ts';

const fieldError = describes<FieldError>()({
  field: z.string().describe('Where: body.wave, query.limit'),
  message: z.string(),
});

const problem = z
  .object({
    type: z.enum(Object.keys(PROBLEMS).map(code => `urn:nodetide:problem:${code}`)),
    title: z.string().describe('The kind of problem, for people; the same for the same type'),
    status: z.int().describe('As the status of the response'),
    detail: z.string().describe('What is wrong this time, one line'),
    instance: z.string().describe('The path that was asked for'),
    errors: z.array(fieldError).optional().describe('Each field that is wrong'),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457)' });

/** Problems that every route may answer with. */
const EVERYWHERE: readonly ProblemCode[] = [
  'unauthorised',
  'forbidden',
  'foreign-site',
  'foreign-name',
  'too-many-attempts',
  'internal',
];

/** The answers of a route with these problems, and those of every route, by status. */
export function problems(...own: readonly ProblemCode[]) {
  const codes = [...own, ...EVERYWHERE];
  const answers = codes.map(code => {
    const { status } = PROBLEMS[code];
    const titles = codes.filter(other => PROBLEMS[other].status === status).map(other => PROBLEMS[other].title);
    return [status, { description: titles.join('; '), content: { 'application/problem+json': { schema: problem } } }];
  });
  return Object.fromEntries(answers) as Record<number, unknown>;
}
