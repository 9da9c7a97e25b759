import { request as httpRequest, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { Json } from '../../../services/simulator/api/object.ts';
import type { Exchange } from './recording.ts';
import type { Versions } from './versions.ts';

/** What the simulator answered. */
export interface LiveAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A watch that runs. */
export interface LiveWatch {
  readonly answer: LiveAnswer;
  /** All events so far. */
  readonly events: readonly { readonly type: string; readonly object: Json }[];
  /** Settles at the next event or at the end. */
  changed(): Promise<void>;
  readonly ended: boolean;
  close(): void;
}

const tokens = { admin: 'admin-token', limited: 'limited-token', 'bad-token': 'no-such-token', anonymous: undefined };

function pathOf(exchange: Exchange, versions: Versions, watchSeconds: number): string {
  const [path = '', query] = versions.translate(exchange.path).split('?');
  if (query === undefined) return path;
  const pairs = query.split('&').map(pair => {
    const [key = '', value = ''] = pair.split('=');
    if (key === 'resourceVersion' && /^\d+$/.test(value) && value !== '0')
      return `${key}=${versions.liveVersion(Number(value))}`;
    if (key === 'continue') return `${key}=${versions.translateToken(value)}`;
    if (key === 'timeoutSeconds') return `${key}=${watchSeconds}`;
    return pair;
  });
  return `${path}?${pairs.join('&')}`;
}

function bodyOf(exchange: Exchange, versions: Versions): Buffer {
  const { requestBody, requestBinary } = exchange;
  if (requestBinary !== undefined) return Buffer.from(requestBinary.base64, 'base64');
  if (requestBody === null || requestBody === undefined) return Buffer.alloc(0);
  if (typeof requestBody === 'string') return Buffer.from(requestBody);
  return Buffer.from(JSON.stringify(versions.translateBody(requestBody)));
}

function headersOf(exchange: Exchange, versions: Versions): Record<string, string> {
  const { requestHeaders, acceptForwarded, identity } = exchange;
  const headers: Record<string, string> = { ...requestHeaders };
  if (acceptForwarded !== undefined) headers['accept'] = acceptForwarded;
  for (const name of ['if-none-match', 'if-modified-since'])
    if (headers[name] !== undefined) headers[name] = versions.translate(headers[name]);
  const token = tokens[identity];
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
  return headers;
}

function open(base: string, exchange: Exchange, versions: Versions, watchSeconds: number): Promise<IncomingMessage> {
  const body = bodyOf(exchange, versions);
  const headers = headersOf(exchange, versions);
  if (exchange.method !== 'GET') headers['content-length'] = String(body.length);
  return new Promise((resolve, reject) => {
    const url = `${base}${pathOf(exchange, versions, watchSeconds)}`;
    const outgoing = httpRequest(url, { method: exchange.method, headers, agent: false }, resolve);
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function answerOf(response: IncomingMessage, body: unknown): LiveAnswer {
  const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
  return { status: response.statusCode ?? 0, headers, body };
}

/** JSON where it is JSON, as the recordings hold it; text for all else. */
function parsed(buffer: Buffer): unknown {
  const text = buffer.toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

async function readAll(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  const whole = Buffer.concat(chunks);
  return response.headers['content-encoding'] === 'gzip' ? gunzipSync(whole) : whole;
}

/** Sends a recorded request in the live server's words and reads the whole answer. */
export async function send(base: string, exchange: Exchange, versions: Versions): Promise<LiveAnswer> {
  const response = await open(base, exchange, versions, 1);
  return answerOf(response, parsed(await readAll(response)));
}

/** Opens a recorded watch, for other seconds than it was recorded. */
export async function openWatch(
  base: string,
  exchange: Exchange,
  versions: Versions,
  seconds: number,
): Promise<LiveWatch> {
  const response = await open(base, exchange, versions, seconds);
  if (response.statusCode !== 200) {
    const answer = answerOf(response, parsed(await readAll(response)));
    return { answer, events: [], changed: () => Promise.resolve(), ended: true, close: () => undefined };
  }
  const events: { type: string; object: Json }[] = [];
  let wake: () => void = () => undefined;
  let ended = false;
  let rest = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') events.push(JSON.parse(line) as { type: string; object: Json });
    wake();
  });
  response.on('error', () => undefined);
  response.on('close', () => {
    ended = true;
    wake();
  });
  return {
    answer: answerOf(response, undefined),
    events,
    changed: () => new Promise(resolve => (wake = resolve)),
    get ended() {
      return ended;
    },
    close: () => response.destroy(),
  };
}
