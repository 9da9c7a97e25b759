import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Core } from './core.ts';
import { ApiError } from './errors.ts';
import type { ApiFaults, SimController } from './faults.ts';
import { sendError } from './respond.ts';
import type { Watches } from './watch.ts';

/** Deals with a request. Returns true when nothing more is to be done for it. */
type Act = (request: IncomingMessage, response: ServerResponse) => boolean;

interface Rule {
  readonly pattern: RegExp;
  left: number;
  readonly act: Act;
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

/** The faults of a server, and the place where its requests meet them. */
export class FaultRules implements ApiFaults {
  readonly #core: Core;
  readonly #watches: Watches;
  readonly #held = new Set<ServerResponse>();
  #rules: Rule[] = [];

  constructor(core: Core, watches: Watches) {
    this.#core = core;
    this.#watches = watches;
  }

  /** Applies the first rule that matches. True: nothing more is to be done for this request. */
  meet(request: IncomingMessage, response: ServerResponse): boolean {
    const line = `${request.method} ${request.url}`;
    const rule = this.#rules.find(candidate => candidate.left > 0 && line.search(candidate.pattern) >= 0);
    if (rule === undefined) return false;
    rule.left -= 1;
    return rule.act(request, response);
  }

  failRequests(pattern: RegExp, status: number, count?: number, retryAfterSeconds?: number): void {
    const headers: Record<string, string> =
      retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
    const error = new ApiError(status, reasons[status] ?? '', `made to fail with ${status}`, { headers });
    this.#add(pattern, count, (request, response) => {
      sendError(request, response, error);
      return true;
    });
  }

  hang(pattern: RegExp, count?: number): void {
    this.#add(pattern, count, (_request, response) => {
      this.#held.add(response);
      response.once('close', () => this.#held.delete(response));
      return true;
    });
  }

  drop(pattern: RegExp, count?: number, when: 'before' | 'after' = 'before'): void {
    this.#add(pattern, count, (_request, response) => {
      if (when === 'before') response.destroy();
      else cutAnswer(response);
      return when === 'before';
    });
  }

  cutWatches(): void {
    this.#watches.cut();
  }

  expireWatches(): void {
    this.#core.store.expire();
    this.#watches.cut();
  }

  pause(controller: SimController): void {
    this.#core.pauses.pause(controller);
  }

  resume(controller: SimController): void {
    this.#core.pauses.resume(controller);
  }

  clear(): void {
    this.#rules = [];
    for (const response of this.#held) response.destroy();
  }

  #add(pattern: RegExp, count: number | undefined, act: Act): void {
    this.#rules.push({ pattern, left: count ?? Number.POSITIVE_INFINITY, act });
  }
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
