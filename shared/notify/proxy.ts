import { request } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The proxy for an https URL, as HTTPS_PROXY and NO_PROXY say it (also in small letters, as curl has them); null: none.
 * Only proxies that are spoken to by http count. A name in NO_PROXY means its subdomains too, `*` everything.
 */
export function proxyFor(url: URL, env: Readonly<Record<string, string | undefined>>): URL | null {
  const named = env['https_proxy'] || env['HTTPS_PROXY'] || '';
  if (url.protocol !== 'https:' || !URL.canParse(named)) return null;
  const without = (env['no_proxy'] || env['NO_PROXY'] || '').split(/[\s,]+/).filter(Boolean);
  const direct = without.some(word => {
    const name = word.replace(/^\*?\./, '').toLowerCase();
    return name === '*' || url.hostname === name || url.hostname.endsWith(`.${name}`);
  });
  const proxy = new URL(named);
  return direct || proxy.protocol !== 'http:' ? null : proxy;
}

/** A way through a proxy to the host of `url` (RFC 9110, 9.3.6). Nothing is said on it yet. */
export function tunnel(proxy: URL, url: URL, signal: AbortSignal): Promise<Socket> {
  const authority = `${url.hostname}:${url.port || '443'}`;
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const authorization = proxy.username === '' ? {} : { 'proxy-authorization': `Basic ${btoa(login)}` };
  return new Promise((resolve, reject) => {
    const asked = request({
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port || 80,
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...authorization },
      agent: false,
      signal,
    });
    asked.once('error', reject);
    asked.once('connect', (answer, socket: Socket) => {
      if (answer.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new Error(`the proxy ${proxy.host} answered ${answer.statusCode ?? 0}`));
    });
    asked.once('response', answer => {
      answer.resume();
      reject(new Error(`the proxy ${proxy.host} answered ${answer.statusCode ?? 0}`));
    });
    asked.end();
  });
}
