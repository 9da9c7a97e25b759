/** What hides secrets that slipped into a text, each with what stands in its place. */
const HIDDEN: readonly (readonly [RegExp, string])[] = [
  // User and password of an address.
  [/\b([a-z][a-z0-9+.-]*:\/\/)([^\s/@:'"]*):[^\s/@'"]+@/gi, '$1$2:***@'],
  [/\bntd_[\w-]{8,}/g, 'ntd_***'],
  [/\b(bearer|basic)(\s+)[\w+/=.~-]{8,}/gi, '$1$2***'],
  [/(password|passwd|passphrase|secret|token)(["']?\s*[=:]\s*["']?)(?!\*)[^\s,;'"&]+/gi, '$1$2***'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, '*** private key ***'],
];

/** `text` without what looks like a secret. The last guard only: whoever writes a text keeps secrets out of it. */
export function withoutSecrets(text: string): string {
  return HIDDEN.reduce((safe, [secret, instead]) => safe.replace(secret, instead), text);
}
