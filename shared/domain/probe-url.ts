import { fillPlaceholders, type Placeholders, placeholderTrouble } from './placeholders.ts';

const SAMPLE: Placeholders = { node: 'node-1.example', address: '192.0.2.1' };

/** The URL with the node's name and address; an IPv6 address gets its brackets. Throws TypeError for none. */
export function probeUrl(url: string, { node, address }: Placeholders): URL {
  const filled = fillPlaceholders(url, { node, address: address.includes(':') ? `[${address}]` : address });
  return new URL(filled);
}

/** Why a URL cannot be asked; null: it can. */
export function urlTrouble(url: string): string | null {
  const trouble = placeholderTrouble(url);
  if (trouble !== null) return trouble;
  if (!URL.canParse(fillPlaceholders(url, SAMPLE))) return 'it is no URL';
  const { protocol, username, password, hash } = probeUrl(url, SAMPLE);
  if (protocol !== 'http:' && protocol !== 'https:') return `${protocol} is neither http: nor https:`;
  if (username !== '' || password !== '')
    return 'a user and password do not belong here; use headers: {Authorization: {env: NAME}}';
  return hash === '' ? null : `${hash} is never sent to a server`;
}
