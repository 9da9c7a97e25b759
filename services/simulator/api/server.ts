import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { FaultRules } from './fault-rules.ts';
import type { Handler } from './handler.ts';
import type { RequestEntry } from './types.ts';

/** A listening server that can go away and come back on its port. */
export interface ApiServer {
  readonly url: string;
  readonly requests: readonly RequestEntry[];
  start(): Promise<void>;
  stop(): Promise<void>;
}

const REQUESTS_KEPT = 100_000;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Makes a server; `start` opens its port. */
export function createApiServer(
  options: { host: string; port: number; tls: { key: string; cert: string } | undefined },
  handler: Handler,
  faults: FaultRules,
): ApiServer {
  const requests: Writable<RequestEntry>[] = [];
  const sockets = new Set<Socket>();
  let port = options.port;

  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const userAgent = request.headers['user-agent'] ?? '';
    const entry = { method: request.method ?? '', path: request.url ?? '', status: 0, at: Date.now(), userAgent };
    requests.push(entry);
    if (requests.length > REQUESTS_KEPT) requests.splice(0, REQUESTS_KEPT / 10);
    response.once('close', () => {
      if (response.headersSent) entry.status = response.statusCode;
    });
    response.on('error', () => {});
    if (!faults.meet(request, response)) void handler(request, response);
  };
  const server = options.tls === undefined ? createHttp(onRequest) : createHttps(options.tls, onRequest);
  server.keepAliveTimeout = 90_000;
  server.requestTimeout = 0;
  server.on(options.tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  return {
    get url() {
      const host = options.host.includes(':') ? `[${options.host}]` : options.host;
      return `${options.tls === undefined ? 'http' : 'https'}://${host}:${port}`;
    },
    requests,
    start: () =>
      new Promise((resolve, reject) => {
        if (server.listening) return resolve();
        server.once('error', reject);
        server.listen(port, options.host, () => {
          server.off('error', reject);
          port = (server.address() as AddressInfo).port;
          resolve();
        });
      }),
    stop: () =>
      new Promise(resolve => {
        if (!server.listening) return resolve();
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
        server.closeAllConnections();
      }),
  };
}
