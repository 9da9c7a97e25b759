import type { KubeConfig, RequestContext } from '@kubernetes/client-node';

/** undici's connection pool, by the only name client-node gives it. */
type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>;

/** The part of KubeConfig that makes a new pool for every request (client-node 2.0). */
interface DispatcherMaker {
  createDispatcher(cluster: unknown, options: Readonly<Record<string, unknown>>): Dispatcher | undefined;
}

/**
 * Makes all requests of this KubeConfig share one pool of connections; without it each request pays a connection and a
 * TLS handshake of its own. A new pool is made when the TLS material changes (rotated client certificates). Returns the
 * way to close it, which also cuts what still runs.
 */
export function shareDispatcher(config: KubeConfig): () => Promise<void> {
  const maker = config as unknown as DispatcherMaker;
  const make = maker.createDispatcher.bind(config);
  let shared: { key: string; dispatcher: Dispatcher | undefined } | null = null;
  maker.createDispatcher = (cluster, options) => {
    const key = fingerprint(options);
    if (shared?.key !== key) {
      // Requests under way end on the old pool before it closes.
      shared?.dispatcher?.close().catch(() => undefined);
      shared = { key, dispatcher: make(cluster, options) };
    }
    return shared.dispatcher;
  };
  return async () => {
    await shared?.dispatcher?.destroy();
    shared = null;
  };
}

function fingerprint(options: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return JSON.stringify(
    given.map(([name, value]) => [name, Buffer.isBuffer(value) ? value.toString('base64') : value]),
  );
}
