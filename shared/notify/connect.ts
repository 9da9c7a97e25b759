import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { proxyFor, tunnel } from './proxy.ts';

/**
 * A connection to the server of `url`, made secure and checked where it is https; `ca`: PEM in the place of the usual
 * authorities. HTTPS_PROXY and NO_PROXY of the environment count.
 */
export async function connectTo(url: URL, ca: string | null, signal: AbortSignal): Promise<Socket> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol === 'http:') {
    return until(connectPlain({ host, port: Number(url.port || 80) }), 'connect', signal);
  }
  const proxy = proxyFor(url, process.env);
  const way =
    proxy === null ? { host, port: Number(url.port || 443) } : { host, socket: await tunnel(proxy, url, signal) };
  const options: ConnectionOptions = {
    ...way,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === null ? {} : { ca }),
  };
  return until(connectTls(options), 'secureConnect', signal);
}

function until<S extends Socket>(socket: S, event: string, signal: AbortSignal): Promise<S> {
  return new Promise((resolve, reject) => {
    const abort = () => socket.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', abort, { once: true });
    const settled = (act: () => void) => {
      signal.removeEventListener('abort', abort);
      act();
    };
    socket.once('error', error => settled(() => reject(error)));
    socket.once(event, () => settled(() => resolve(socket)));
    if (signal.aborted) abort();
  });
}
