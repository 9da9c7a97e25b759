/** What a text may name of a node in braces. */
export interface Placeholders {
  readonly node: string;
  readonly address: string;
}

const PLACEHOLDER = /\{([^{}]*)\}/g;

/** Why the placeholders of `text` cannot be filled; null: they can. */
export function placeholderTrouble(text: string): string | null {
  if (text === '') return 'it is empty';
  const unknown = [...text.matchAll(PLACEHOLDER)].find(([, name]) => name !== 'node' && name !== 'address');
  return unknown ? `${unknown[0]} is neither {node} nor {address}` : null;
}

/** `text` with each `{name}` replaced by its value. */
export function fillNames(text: string, valueOf: (name: string) => string): string {
  return text.replaceAll(PLACEHOLDER, (_whole, name: string) => valueOf(name));
}

/** `text` with `{node}` and `{address}` replaced. */
export function fillPlaceholders(text: string, values: Placeholders): string {
  return text.replaceAll(PLACEHOLDER, (whole, name: string) =>
    name === 'node' || name === 'address' ? values[name] : whole,
  );
}
