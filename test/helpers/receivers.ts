import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A request that came whole. */
export interface Heard {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a stand-in does with a request: an answer, or `hang`: none, ever. */
export type Reaction =
  | 'hang'
  | {
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
      readonly afterMs?: number;
    };

/** Stands in for every endpoint that is spoken to by HTTP. */
export interface Receiver {
  readonly url: string;
  readonly heard: readonly Heard[];
  /** Default: 200 `ok`. */
  react: (heard: Heard) => Reaction;
  /** Resolves once it has heard so many requests that `matches`. */
  until(count: number, matches?: (heard: Heard) => boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one on a port of its own; `tls`: as an https server. */
export async function startReceiver(tls?: { readonly key: string; readonly cert: string }): Promise<Receiver> {
  const heard: Heard[] = [];
  const waiting = new Set<() => void>();
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => {
      const one = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
      heard.push(one);
      for (const look of waiting) look();
      const reaction = receiver.react(one);
      if (reaction === 'hang') return;
      const { status, headers = {}, body = '', afterMs = 0 } = reaction;
      setTimeout(() => response.writeHead(status, headers).end(body), afterMs);
    });
  };
  const server: Server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.on('clientError', (_, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: Receiver = {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    react: () => ({ status: 200, body: 'ok' }),
    until: (count, matches = () => true) =>
      new Promise(resolve => {
        const look = () => {
          if (heard.filter(matches).length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    stop: async () => {
      server.closeAllConnections();
      await new Promise(resolve => {
        server.close(resolve);
      });
    },
  };
  return receiver;
}

/** A mail as a server took it. */
export interface HeardMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body. */
  readonly raw: string;
  readonly secure: boolean;
  readonly user: string;
}

/** A mail server that keeps what it takes. */
export interface MailReceiver {
  readonly port: number;
  readonly mails: readonly HeardMail[];
  stop(): Promise<void>;
}

/** Starts one; `options` win. `answerAfterMs`: between the end of a mail and its answer. */
export async function startMailReceiver(
  options: SMTPServerOptions = {},
  answerAfterMs = () => 0,
): Promise<MailReceiver> {
  const mails: HeardMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    ...options,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        const raw = Buffer.concat(chunks).toString('utf8');
        const user = typeof session.user === 'string' ? session.user : '';
        mails.push({ from, to: rcptTo.map(each => each.address), raw, secure: session.secure, user });
        setTimeout(() => done(null, 'taken'), answerAfterMs());
      });
    },
  });
  server.on('error', () => {});
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  return {
    port: (listening.address() as AddressInfo).port,
    mails,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
      }),
  };
}
