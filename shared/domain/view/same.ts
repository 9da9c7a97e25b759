/** Whether two values of JSON say the same; what is the very same object is not looked into. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  if (keys.length !== others.length) return false;
  return keys.every(key => Object.hasOwn(b, key) && same(valueOf(a, key), valueOf(b, key)));
}

function valueOf(of: object, key: string): unknown {
  return (of as Record<string, unknown>)[key];
}
