import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzip } from 'node:zlib';
import { ApiError } from './errors.ts';

/** Answers above this are compressed when the client takes it, as the API server does. In bytes. */
const GZIP_FROM = 128 * 1024;

/** Sends JSON text; large ones a moment later, compressed aside from the event loop. */
export function sendText(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
  more: Readonly<Record<string, string>> = {},
): void {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-cache, private', ...more };
  const body = Buffer.from(text);
  if (body.length < GZIP_FROM || !/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
    send(request, response, status, body, headers);
    return;
  }
  gzip(body, { level: 1 }, (error, zipped) => {
    if (error === null)
      send(request, response, status, zipped, { ...headers, 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    else response.destroy();
  });
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Sends a value as JSON. */
export function sendJson(request: IncomingMessage, response: ServerResponse, status: number, value: unknown): void {
  sendText(request, response, status, `${JSON.stringify(value)}\n`);
}

/** Sends whatever was thrown as a Status. */
export function sendError(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const known = error instanceof ApiError ? error : new ApiError(500, 'InternalError', String(error));
  sendText(request, response, known.code, `${JSON.stringify(known.toStatus())}\n`, known.headers);
}
