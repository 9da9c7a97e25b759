import { type ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { fail } from '../domain/failures/catalogue.ts';
import type { HttpAnswer, HttpProbe, Probes } from '../ports/probe.ts';
import { type ReadHeaders, readHeaders, readOr } from './secrets.ts';

/** Most of a body that is looked at. */
const MOST_BODY_BYTES = 64 * 1024;

/** What one request needs besides its URL. */
interface Settings extends ReadHeaders {
  readonly probe: HttpProbe;
  readonly ca: string | null;
  readonly signal: AbortSignal;
}

/** Probes over node:http and node:https, each on a connection of its own; environment variables for proxies do not count. */
export const httpProbes: Probes = { http };

async function http(probe: HttpProbe, signal: AbortSignal): Promise<HttpAnswer> {
  signal.throwIfAborted();
  const { caFile } = probe.tls;
  const ca = caFile === null ? null : await readOr(caFile, 'the CA file');
  const settings: Settings = { probe, ca, signal, ...(await readHeaders(probe.headers, probe.auth ?? null)) };
  let { url } = probe;
  for (let left = probe.redirects; ; left--) {
    const { answer, location } = await ask(url, settings);
    const next = left > 0 && answer.status >= 300 && answer.status < 400 ? targetOf(location, url) : null;
    if (next === null) return answer;
    url = next;
  }
}

/** null: the answer names none. */
function targetOf(location: string | undefined, from: URL): URL | null {
  if (location === undefined || !URL.canParse(location, from.href)) return null;
  const next = new URL(location, from);
  const isSafe = next.protocol === from.protocol || (next.protocol === 'https:' && from.protocol === 'http:');
  if (isSafe && next.username === '' && next.password === '') return next;
  throw noAnswer(from, `redirects to ${next.origin}, which is not followed`);
}

async function ask(url: URL, settings: Settings): Promise<{ answer: HttpAnswer; location: string | undefined }> {
  const { signal } = settings;
  try {
    const response = await send(url, settings);
    const { bytes, isCut } = await firstBytes(response, settings.probe.mostBodyBytes ?? MOST_BODY_BYTES);
    const body = mask(bytes.toString('utf8'), settings.secrets);
    return { answer: { status: response.statusCode ?? 0, body, isCut }, location: response.headers.location };
  } catch (cause) {
    signal.throwIfAborted();
    throw noAnswer(url, reasonOf(cause), cause);
  }
}

function send(url: URL, { probe, ca, headers, signal }: Settings): Promise<IncomingMessage> {
  const isOwn = url.origin === probe.url.origin;
  const options: RequestOptions = {
    method: probe.method,
    // A connection of its own: a pooled one would say nothing about who listens now.
    agent: false,
    signal,
    headers: { 'user-agent': 'nodetide', accept: '*/*', 'accept-encoding': 'identity', ...(isOwn ? headers : {}) },
  };
  return new Promise((resolve, reject) => {
    const sent: ClientRequest =
      url.protocol === 'https:' ? httpsRequest(url, withTls(options)) : httpRequest(url, options);
    sent.once('response', resolve).once('error', reject).end();
  });

  function withTls(plain: RequestOptions) {
    const { serverName, insecure } = probe.tls;
    return {
      ...plain,
      rejectUnauthorized: !insecure,
      ...(ca === null ? {} : { ca }),
      ...(serverName === '' ? {} : { servername: serverName }),
    };
  }
}

/** Reads no further than needed: a server that streams without an end is cut off. */
async function firstBytes(response: IncomingMessage, most: number): Promise<{ bytes: Buffer; isCut: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > most) break;
  }
  const bytes = Buffer.concat(chunks);
  return { bytes: bytes.subarray(0, most), isCut: size > most };
}

function mask(text: string, secrets: readonly string[]): string {
  return secrets.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}

/** What happened stands in the innermost cause; several addresses come as an AggregateError without words. */
function reasonOf(error: unknown): string {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  if (!(first instanceof Error)) return String(first);
  const { code = '' } = first as NodeJS.ErrnoException;
  return first.message || code || 'no connection';
}

function noAnswer(url: URL, why: string, cause?: unknown) {
  const message = `${url.origin} gave no answer: ${why}`;
  return fail('probe-no-answer', cause === undefined ? { message } : { message, cause });
}
