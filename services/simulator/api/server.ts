import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { Socket } from 'node:net';
import { listenOn } from '../ports.ts';
import type { FaultRules } from './fault-rules.ts';
import type { Handler } from './handler.ts';
import type { RequestEntry } from './types.ts';

const REQUESTS_KEPT = 100_000;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Where a server listens. */
export interface ServerOptions {
  readonly host: string;
  /** 0: a free one, kept from the first start on. */
  readonly port: number;
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
}

/** A listening server that can go away and come back on its port. */
export class ApiServer {
  readonly requests: Writable<RequestEntry>[] = [];
  readonly #options: ServerOptions;
  readonly #handler: Handler;
  readonly #faults: FaultRules;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port: number;

  constructor(options: ServerOptions, handler: Handler, faults: FaultRules) {
    this.#options = options;
    this.#port = options.port;
    this.#handler = handler;
    this.#faults = faults;
    const onRequest = (request: IncomingMessage, response: ServerResponse) => this.#onRequest(request, response);
    this.#server = options.tls === undefined ? createHttp(onRequest) : createHttps(options.tls, onRequest);
    this.#server.keepAliveTimeout = 90_000;
    this.#server.requestTimeout = 0;
    this.#server.on('connection', (socket: Socket) => {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  get url(): string {
    const { host, tls } = this.#options;
    return `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${this.#port}`;
  }

  /** Opens the port; rejects when it is taken. */
  async start(): Promise<void> {
    if (this.#server.listening) return;
    const place = { host: this.#options.host, port: this.#port };
    this.#port = await listenOn(this.#server, place, () => place.port !== 0);
  }

  /** Closes the port and destroys every connection. */
  stop(): Promise<void> {
    return new Promise(resolve => {
      if (this.#server.listening) this.#server.close(() => resolve());
      else resolve();
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const userAgent = request.headers['user-agent'] ?? '';
    const entry = { method: request.method ?? '', path: request.url ?? '', status: 0, at: Date.now(), userAgent };
    this.requests.push(entry);
    if (this.requests.length > REQUESTS_KEPT) this.requests.splice(0, REQUESTS_KEPT / 10);
    response.once('close', () => {
      if (response.headersSent) entry.status = response.statusCode;
    });
    // A client that goes away in the middle of an answer is no concern of the server's.
    response.on('error', () => {});
    if (!this.#faults.meet(request, response)) void this.#handler(request, response);
  }
}
