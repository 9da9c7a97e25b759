import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError, EXIT } from '../../exit.ts';
import { problemOf, ServerProblem, unreachable } from './problem.ts';

/** A server, as commands are told of it. */
export interface ServerAccess {
  /** `http://host:7070`, without a `/` at the end. */
  readonly url: string;
  /** null: it is asked without. */
  readonly token: string | null;
  /** PEM of the authority its certificate is checked with; null: those the system knows. */
  readonly ca: string | null;
}

/** Longer no answer of the server takes, ms; also the longest silence of a stream, which tells every 15 s that it lives. */
const SILENCE_MS = 45_000;
const TRIES = 3;
const PAUSE_MS = 500;
/** Most that is read of an answer to a request, bytes. */
const MOST_BYTES = 512 * 1024 * 1024;

/** What goes with a request, and what ends it. */
interface Sent {
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Asks the HTTP API of a server. What it refuses comes as {@link ServerProblem}; one that is not there as CliError. */
export class ServerClient {
  readonly url: string;
  readonly #access: ServerAccess;

  constructor(access: ServerAccess) {
    this.url = access.url;
    this.#access = access;
  }

  /** Reads JSON. `path`: below the API, with its query. Throws the reason of `signal`. */
  get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.#json<T>('GET', path, { signal });
  }

  /** Sends JSON, again when the answer is lost: for what twice is as good as once. Throws the reason of `signal`. */
  post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
    return this.#json<T>('POST', path, { body: JSON.stringify(body), signal });
  }

  /** Sends JSON, once: whether a lost answer stands for something done is not known. */
  async postOnce<T>(path: string, body: unknown): Promise<T> {
    return this.#json<T>('POST', path, { body: JSON.stringify(body), tries: 1 });
  }

  /** Throws the reason of `signal`. */
  delete<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.#json<T>('DELETE', path, { signal });
  }

  /** Opens an event stream; the caller reads the answer and destroys it. */
  async stream(path: string, lastEventId: string, signal: AbortSignal): Promise<IncomingMessage> {
    const headers = { accept: 'text/event-stream', ...(lastEventId !== '' && { 'last-event-id': lastEventId }) };
    const response = await this.#send('GET', path, { headers, signal });
    if (response.statusCode === 200) return response;
    throw problemOf(this.url, response.statusCode ?? 0, await readAll(response), this.#access.token !== null);
  }

  async #json<T>(method: string, path: string, { tries = TRIES, ...sent }: Sent & { tries?: number }): Promise<T> {
    const { signal } = sent;
    for (let tried = 1; ; tried += 1) {
      try {
        return await this.#once<T>(method, path, sent);
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof ServerProblem || error instanceof CliError) throw error;
        if (tried === tries) throw unreachable(this.url, error);
        await sleep(PAUSE_MS, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
      }
    }
  }

  async #once<T>(method: string, path: string, { body, signal }: Sent): Promise<T> {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await this.#send(method, path, { headers, body, signal });
    const text = await readAll(response);
    const status = response.statusCode ?? 0;
    if (status < 200 || status > 299) throw problemOf(this.url, status, text, this.#access.token !== null);
    try {
      return JSON.parse(text) as T;
    } catch (error) {
      throw new CliError(EXIT.cannotConnect, `${this.url} does not answer as nodetide does: is it the right address?`, {
        cause: error,
      });
    }
  }

  #send(
    method: string,
    path: string,
    { headers, body, signal }: Sent & { readonly headers: Readonly<Record<string, string>> },
  ): Promise<IncomingMessage> {
    const { token, ca } = this.#access;
    const url = new URL(`${this.url}/api/v1${path}`);
    const all = { accept: 'application/json', ...headers, ...(token !== null && { authorization: `Bearer ${token}` }) };
    const options = { method, headers: all, timeout: SILENCE_MS, ...(signal && { signal }) };
    return new Promise((resolve, reject) => {
      const request: ClientRequest =
        url.protocol === 'https:'
          ? requestHttps(url, { ...options, ...(ca !== null && { ca }) })
          : requestHttp(url, options);
      request.on('response', resolve);
      request.on('error', reject);
      request.on('timeout', () => request.destroy(new Error(`no answer for ${SILENCE_MS / 1000} s`)));
      request.end(body);
    });
  }
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
