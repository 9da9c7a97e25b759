import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { connectTo } from './connect.ts';

/** A request of which nothing is repeated and no redirect followed. */
export interface Post {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** PEM; null: the usual authorities. */
  readonly ca: string | null;
  readonly signal: AbortSignal;
  /** Called when all but the last byte is on its way; what it throws ends it there. */
  mayLeave(): Promise<void>;
  /** Called right behind the last byte. */
  hasLeft(): void;
}

/** What a server answered. */
export interface PostAnswer {
  readonly status: number;
  /** Its beginning. */
  readonly body: string;
  /** Of the header Retry-After; 0: there was none. */
  readonly retryAfterMs: number;
}

/** Most of an answer that is read. */
const MOST_ANSWER_BYTES = 2_048;
/** For so long at most the words of an answer that took the message are waited for: they are only shown. */
const TAKEN_WORDS_MS = 250;
/** A server may ask for no longer a rest. */
const MOST_RETRY_AFTER_MS = 3_600_000;

/** Whether an answer with this status took the message. */
export function isTaken(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Sends a request on a connection of its own. Throws what went wrong on the way, or the signal's reason. */
export async function post(asked: Post): Promise<PostAnswer> {
  const { url, signal } = asked;
  signal.throwIfAborted();
  const socket = await connectTo(url, asked.ca, signal);
  try {
    // While we are at the store, the server may hang up.
    socket.on('error', () => {});
    const answer = await answerOf(asked, () => socket);
    const body = await beginningOf(answer);
    return { status: answer.statusCode ?? 0, body, retryAfterMs: retryAfterOf(answer.headers['retry-after']) };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    socket.destroy();
  }
}

/** A request without its last byte is read by nobody: RFC 9112, 8. */
async function answerOf(asked: Post, createConnection: () => Socket): Promise<IncomingMessage> {
  const { url, headers, signal } = asked;
  const body = Buffer.from(asked.body);
  const sent = request({
    createConnection,
    method: 'POST',
    path: `${url.pathname}${url.search}`,
    headers: {
      host: url.host,
      'user-agent': 'nodetide',
      'content-type': 'application/json',
      ...headers,
      'content-length': body.length,
      connection: 'close',
    },
    signal,
  });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve).once('error', reject);
    // An answer that is none, such as 101, ends without an error.
    sent.once('close', () => reject(new Error('the connection was closed before the answer')));
  });
  // It may fail before anybody waits for it.
  answer.catch(() => {});
  sent.write(body.subarray(0, -1));
  await asked.mayLeave();
  signal.throwIfAborted();
  // One turn: a death between the two is all that is left of a message that could be sent twice.
  sent.end(body.subarray(-1));
  asked.hasLeft();
  return answer;
}

/**
 * Reads no further than needed: a server that streams without an end is cut off. What took the message has taken it,
 * whatever becomes of the rest of its answer: else the message would be sent again.
 */
async function beginningOf(answer: IncomingMessage): Promise<string> {
  const taken = isTaken(answer.statusCode ?? 0);
  const enough = taken ? setTimeout(() => answer.destroy(), TAKEN_WORDS_MS) : undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= MOST_ANSWER_BYTES) break;
    }
  } catch (error) {
    if (!taken) throw error;
  } finally {
    clearTimeout(enough);
  }
  return Buffer.concat(chunks).subarray(0, MOST_ANSWER_BYTES).toString('utf8');
}

/** RFC 9110, 10.2.3: seconds, or a date. */
function retryAfterOf(header: string | undefined): number {
  if (header === undefined) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), MOST_RETRY_AFTER_MS) : 0;
}
