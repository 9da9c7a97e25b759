import { spanText } from '../approval/text.ts';
import { clip } from '../text.ts';

const VALUE_CHARS = 60;
const NONE = 'none';

/**
 * How settings differ, a line each, named as in the fleet file: `drain.when if-work → always`. Things that have names (hooks,
 * checks, gates) are compared by name; other lists of things are only said to differ.
 */
export function compareSettings(before: unknown, after: unknown, path: readonly string[] = []): string[] {
  if (same(before, after)) return [];
  if (isAmount(before) && isAmount(after)) return [`${pathText(path)} ${amount(before)} → ${amount(after)}`];
  if (isNamed(before) && isNamed(after)) return compareNamed(before, after, path);
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap(key => compareSettings(before[key], after[key], [...path, key]));
  }
  const [old, now] = [valueText(before, path), valueText(after, path)];
  // Not said, nothing, and empty mean the same.
  if (old === NONE && now === NONE) return [];
  return [
    old === null || now === null || old === now ? `${pathText(path)} differs` : `${pathText(path)} ${old} → ${now}`,
  ];
}

type Named = { readonly name: string };
type Amount = { readonly kind: 'number' | 'percent'; readonly value: number };

function compareNamed(before: readonly Named[], after: readonly Named[], path: readonly string[]): string[] {
  const what = pathText(path);
  const names = [...new Set([...before, ...after].map(({ name }) => name))];
  const changes = names.flatMap(name => {
    const [old, now] = [before, after].map(all => all.find(each => each.name === name));
    if (!old) return [`${what}: ${name} is new`];
    if (!now) return [`${what}: ${name} is gone`];
    return compareSettings(old, now, [...path, name]);
  });
  return changes.length === 0 ? [`${what}: another order`] : changes;
}

function same(before: unknown, after: unknown): boolean {
  return before === after || JSON.stringify(sorted(before)) === JSON.stringify(sorted(after));
}

/** Two plans of the same file may have been read by two versions of a schema that orders fields otherwise. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAmount(value: unknown): value is Amount {
  return isRecord(value) && Object.keys(value).length === 2 && 'value' in value && 'kind' in value;
}

function amount({ kind, value }: Amount): string {
  return kind === 'number' ? String(value) : `${value}%`;
}

function isNamed(value: unknown): value is readonly Named[] {
  return Array.isArray(value) && value.every(each => isRecord(each) && typeof each['name'] === 'string');
}

/** Units are in names, and told with the value. */
function pathText(path: readonly string[]): string {
  return path.map(key => key.replace(/(Ms|Seconds)$/, '')).join('.');
}

/** null: it takes more than a few words. */
function valueText(value: unknown, path: readonly string[]): string | null {
  const key = path.at(-1) ?? '';
  if (value === null || value === undefined || value === '') return NONE;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return numberText(value, key);
  if (typeof value === 'string') return /\s/.test(value) ? `"${clip(value, VALUE_CHARS)}"` : clip(value, VALUE_CHARS);
  if (!Array.isArray(value) || value.some(each => typeof each === 'object')) return null;
  return value.length === 0 ? NONE : clip(value.join(', '), VALUE_CHARS);
}

function numberText(value: number, key: string): string {
  if (key.endsWith('Ms')) return spanText(value);
  return key.endsWith('Seconds') ? `${value}s` : String(value);
}
