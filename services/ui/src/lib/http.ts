/** What the server answered in the place of what was asked for: its problem details (RFC 9457). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  /** 0: no answer came at all. */
  readonly status: number;
  /** The last part of the problem's `type`; empty: it has none. */
  readonly code: string;
  /** A line for each field that is wrong. */
  readonly fields: readonly string[];

  constructor(status: number, code: string, message: string, fields: readonly string[] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

/** What was thrown in the place of an answer, as a problem. */
export function problemOf(error: unknown): ApiProblem {
  return error instanceof ApiProblem ? error : new ApiProblem(0, 'unexpected', String(error));
}

/** Where the HTTP API is. */
export const API = '/api/v1';

/** Asks for JSON below {@link API}. ApiProblem when something else comes. */
export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return ask<T>(path, signal ? { signal } : {});
}

/** Sends JSON below {@link API}. ApiProblem when it is not taken. */
export function send<T>(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const json =
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return ask<T>(path, { method, ...json });
}

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  const instead = (why: string) => (error: unknown) => {
    if (init.signal?.aborted) throw error;
    throw new ApiProblem(0, 'no-answer', why);
  };
  const headers = new Headers(init.headers);
  // Without TLS it is by this that the server knows a page, whose browser is not to ask for user and password by itself.
  headers.set('accept', 'application/json');
  const response = await fetch(`${API}${path}`, { ...init, headers }).catch(instead('the server does not answer'));
  if (!response.ok) throw await answeredProblem(response);
  if (response.status === 204) return null as T;
  // It was cut off, or a proxy in front sent a page of its own.
  return (await response.json().catch(instead('the answer of the server cannot be read'))) as T;
}

interface ProblemBody {
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

async function answeredProblem(response: Response): Promise<ApiProblem> {
  const body = (await response.json().catch(() => ({}))) as ProblemBody;
  const code = body.type?.split(':').at(-1) ?? '';
  const message = body.detail ?? body.title ?? `the server answered ${response.status}`;
  return new ApiProblem(
    response.status,
    code,
    message,
    (body.errors ?? []).map(each => `${each.field}: ${each.message}`),
  );
}
