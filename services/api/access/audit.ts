import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuditRecord, AuditResult } from '../../../shared/domain/access/audit.ts';
import { clip } from '../../../shared/domain/text.ts';
import type { AuditLog } from '../../../shared/ports/access.ts';
import type { ServiceLog } from '../../common/log.ts';
import { isHarmless } from './foreign.ts';
import { RefusalBudget } from './refusal-budget.ts';

type Draft = Omit<AuditRecord, 'atMs'>;

const LONGEST = 300;

/** Notes every act before it is answered, and who was refused, of these only so many. */
export function auditRequests(app: FastifyInstance, audit: AuditLog, log: ServiceLog): void {
  const budget = new RefusalBudget();
  app.addHook('onSend', async (request, reply) => {
    const draft = draftOf(request, reply);
    if (draft === null) return;
    const more = draft.result === 'done' ? '' : budget.take(draft.address);
    if (more === null) return;
    const entry = masked({ ...draft, note: [draft.note, more].filter(Boolean).join('; ') });
    const say = entry.result === 'done' ? 'info' : 'warn';
    log[say]({ ...entry }, 'audit');
    await audit
      .add(entry)
      .catch((error: unknown) => log.error({ error: String(error) }, 'the audit log cannot be written'));
  });
}

/** null: nothing to note. */
function draftOf(request: FastifyRequest, reply: FastifyReply): Draft | null {
  const { person, triedAs, problem } = request;
  const asked = { address: request.ip, path: request.url.split('?')[0] ?? '', note: noteOf(request) };
  if (triedAs !== null) return { name: triedAs, role: null, what: 'log in', result: 'refused', ...asked };
  const isAct = !isHarmless(request.method) && !request.is404;
  if (!person || !(isAct || problem?.code === 'forbidden')) return null;
  return { name: person.name, role: person.role, what: whatOf(request), result: resultOf(reply.statusCode), ...asked };
}

/** Of what is not understood only that: a body that is no JSON would be repeated. */
function noteOf({ problem }: FastifyRequest): string {
  if (problem === null) return '';
  return problem.code === 'bad-request' ? problem.code : problem.message;
}

function whatOf({ act, routeOptions, method }: FastifyRequest): string {
  const { operationId } = (routeOptions.schema ?? {}) as { operationId?: string };
  return act ?? operationId ?? `${method} ${routeOptions.url ?? ''}`;
}

function resultOf(status: number): AuditResult {
  if (status < 400) return 'done';
  return status < 500 ? 'refused' : 'failed';
}

/** Who sends a token where none belongs shall not find it here. */
function masked(draft: Draft): Draft {
  const mask = (text: string) => clip(text.replaceAll(/ntd_[\w-]{8,}/g, 'ntd_…'), LONGEST);
  const { name, address, what, path, note } = draft;
  return { ...draft, name: mask(name), address: mask(address), what: mask(what), path: mask(path), note: mask(note) };
}
