import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCluster } from '../../shared/kubernetes/open.ts';
import type { ClusterApi } from '../../shared/ports/cluster.ts';

/** One request as the server saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answer = (request: SeenRequest, response: ServerResponse) => void;

/** An HTTP server that answers as told, and a ClusterApi on it: for answers no well-behaved API server gives on demand. */
export interface CannedApi {
  readonly api: ClusterApi;
  readonly seen: SeenRequest[];
  readonly connections: () => number;
  answer: Answer;
  close(): Promise<void>;
}

export async function cannedApi(user: Readonly<Record<string, unknown>> = { token: 'secret' }): Promise<CannedApi> {
  const seen: SeenRequest[] = [];
  let connections = 0;
  const canned = { answer: ((_, response) => json(response, 200, {})) as Answer };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const { method = '', headers } = request;
      const entry = { method, url: new URL(request.url ?? '/', 'http://x'), headers, body };
      seen.push(entry);
      canned.answer(entry, response);
    });
  });
  server.on('connection', () => {
    connections++;
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const folder = await mkdtemp(join(tmpdir(), 'canned-api-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigText(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, user));
  const api = openCluster(`canned-${folder}`, { inCluster: false, kubeconfig });
  return Object.assign(canned, {
    api,
    seen,
    connections: () => connections,
    close: async () => {
      await api.close();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  });
}

/** A kubeconfig (as JSON, which is YAML) with one context. */
export function kubeconfigText(server: string, user: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
}

export function json(
  response: ServerResponse,
  code: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** A failure Status as the API server writes it. */
export function failureStatus(code: number, message: string, more: Readonly<Record<string, unknown>> = {}): unknown {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code, ...more };
}
