import { fail } from '../../shared/domain/failures/catalogue.ts';
import { isLoopback } from './access.ts';
import { type ApiParts, buildServer } from './server.ts';

export type { StepOfNode } from './board/queue.ts';
export type { ApiParts } from './server.ts';

/** Where to listen. */
export interface ApiOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Needed for any host but a loopback one. */
  readonly password?: string;
}

/** The HTTP face, as running. */
export interface RunningApi {
  /** Without a `/` at the end. */
  readonly url: string;
  /** Closes every connection. */
  stop(): Promise<void>;
}

/**
 * Serves health (`/livez`, `/readyz`) and the queues (`/queues`).
 * @throws api-password-missing, api-address-in-use, api-cannot-listen
 */
export async function startApi(parts: ApiParts, options: ApiOptions): Promise<RunningApi> {
  const { host, port, password } = options;
  if (!password && !isLoopback(host)) {
    throw fail('api-password-missing', { message: `${host} can be reached by others: a password is needed` });
  }
  const app = await buildServer(parts, password ? { host, password } : { host });
  try {
    const url = await app.listen({ host, port });
    return { url, stop: () => app.close() };
  } catch (error) {
    await app.close();
    const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    throw fail(inUse ? 'api-address-in-use' : 'api-cannot-listen', {
      message: `cannot listen on ${host}:${port}`,
      seen: String(error),
      cause: error,
    });
  }
}
