/** Keys under which people write secrets. */
const SECRET_KEY = /pass(?:word|wd|phrase)?$|passphrase|password|token|secret|private_?key|credential/i;
/** Keys, and URLs with a password in them. */
const SECRET_VALUE = /PRIVATE KEY|:\/\/[^/\s]*:[^/\s]*@/;
const LONGEST = 60;

/** Whether a key is one that people write secrets under. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key);
}

/** A value for a message: short, and never a secret. `keys`: the keys above it. */
export function showValue(value: unknown, keys: readonly (string | number)[]): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  const hidden = keys.some(key => typeof key === 'string' && isSecretKey(key)) || SECRET_VALUE.test(scalarText(value));
  if (hidden) return 'a value (not shown, it may be a secret)';
  const shown = scalarText(value);
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST - 1)}…` : shown;
}

function scalarText(value: unknown): string {
  return JSON.stringify(value) ?? typeof value;
}
