import { fail } from '../domain/failures/catalogue.ts';

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * A URL that was a secret: https, or http on this machine. Throws StepError `notify-settings`, which does not show it.
 * `what` names it.
 */
export function secretUrl(text: string, what: string): URL {
  const trimmed = text.trim();
  const url = URL.canParse(trimmed) ? new URL(trimmed) : null;
  if (url === null) throw fail('notify-settings', { message: `${what} is no URL` });
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (!isSafe) throw fail('notify-settings', { message: `${what} is no https URL` });
  if (url.username !== '' || url.password !== '') {
    throw fail('notify-settings', { message: `${what} holds a user and password, which are not sent` });
  }
  return url;
}

/** What of a URL must not be seen: a path or query of some length. */
export function secretParts(url: URL): string[] {
  const rest = `${url.pathname}${url.search}`;
  return rest.length < 8 ? [] : [url.href, rest, ...rest.split(/[/?&=]/).filter(part => part.length >= 16)];
}
