import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Core } from './core.ts';
import { ApiError } from './errors.ts';
import type { ApiFaults } from './faults.ts';
import { sendError } from './respond.ts';
import type { Watches } from './watch.ts';

interface Rule {
  readonly pattern: RegExp;
  left: number;
  /** Returns true when the request is dealt with. */
  act(request: IncomingMessage, response: ServerResponse): boolean;
}

/** The faults, and the place where requests meet them. */
export interface FaultRules extends ApiFaults {
  /** Applies the first rule that matches. True: nothing more is to be done for this request. */
  meet(request: IncomingMessage, response: ServerResponse): boolean;
}

const reasons: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** No faults at first. */
export function createFaultRules(core: Core, watches: Watches): FaultRules {
  let rules: Rule[] = [];
  const held = new Set<ServerResponse>();
  const add = (pattern: RegExp, count: number | undefined, act: Rule['act']) => {
    rules.push({ pattern, left: count ?? Number.POSITIVE_INFINITY, act });
  };
  return {
    meet(request, response) {
      const rule = rules.find(r => r.left > 0 && r.pattern.test(`${request.method} ${request.url}`));
      if (rule === undefined) return false;
      rule.left -= 1;
      return rule.act(request, response);
    },
    failRequests(pattern, status, count, retryAfterSeconds) {
      const headers: Record<string, string> =
        retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
      const error = new ApiError(status, reasons[status] ?? '', `made to fail with ${status}`, { headers });
      add(pattern, count, (request, response) => {
        sendError(request, response, error);
        return true;
      });
    },
    hang(pattern, count) {
      add(pattern, count, (_request, response) => {
        held.add(response);
        response.once('close', () => held.delete(response));
        return true;
      });
    },
    drop(pattern, count, when = 'before') {
      add(pattern, count, (_request, response) => {
        if (when === 'before') response.destroy();
        else cutAnswer(response);
        return when === 'before';
      });
    },
    cutWatches: () => watches.cut(),
    expireWatches() {
      core.store.expire();
      watches.cut();
    },
    clear() {
      rules = [];
      for (const response of held) response.destroy();
    },
  };
}

/** The work is done, but its answer never leaves. */
function cutAnswer(response: ServerResponse): void {
  const destroy = () => {
    response.destroy();
    return response;
  };
  response.writeHead = destroy;
  response.end = destroy;
}
