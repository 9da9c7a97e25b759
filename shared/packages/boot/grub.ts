import { blsEntries, grubOrder } from './bls.ts';
import { type BootEntry, type Chosen, pickEntry } from './entry.ts';
import type { Seen } from './seen.ts';

/** What GRUB would start, by its menu or by the entries of the Boot Loader Specification; null: it has no menu. */
export function grubChoice(seen: Seen): Chosen | null {
  const menus = [...seen.files].filter(([path]) => path.endsWith('/grub.cfg'));
  const found = menus.find(([, lines]) => lines.some(line => /\bblscfg\b|^\s*menuentry\b/.test(line)));
  if (!found) return null;
  const [path, lines] = found;
  const menu = [
    ...(lines.some(line => /\bblscfg\b/.test(line)) ? grubOrder(blsEntries(seen)) : []),
    ...readMenu(lines),
  ];
  const env = grubenv(seen, path);
  const { wanted, by } = wantedEntry(lines, env);
  const picked = pickEntry(menu, wanted);
  if (!picked) return null;
  const { entry, found: isThere } = picked;
  const gone = isThere || wanted === '' ? '' : `, which has no "${wanted}": its first entry`;
  const once = (env.get('next_entry') ?? '') !== '';
  return { entry, by: `GRUB (${by}${gone}): "${entry.title}"`, once };
}

/** `next_entry` is for one boot only and goes before all. */
function wantedEntry(lines: readonly string[], env: ReadonlyMap<string, string>): { wanted: string; by: string } {
  const next = env.get('next_entry') ?? '';
  if (next !== '') return { wanted: next, by: 'next_entry of grubenv' };
  const defaults = lines.flatMap(line => /^\s*set default=(.*)$/.exec(line)?.[1]?.trim() ?? []);
  const value = unquoted(defaults.findLast(each => !/next_entry/.test(each)) ?? '');
  if (!/\$\{?saved_entry/.test(value)) return { wanted: value, by: 'default of grub.cfg' };
  const saved = env.get('saved_entry') ?? '';
  return { wanted: saved, by: saved === '' ? 'no saved_entry in grubenv: the first entry' : 'saved_entry of grubenv' };
}

/** The environment beside the menu, or in the folder that GRUB uses for it on this distribution. */
function grubenv(seen: Seen, menu: string): Map<string, string> {
  const beside = menu.replace(/grub\.cfg$/, 'grubenv');
  const path = [beside, '/boot/grub2/grubenv', '/boot/grub/grubenv'].find(each => seen.files.has(each));
  const lines = seen.files.get(path ?? '') ?? [];
  return new Map(lines.map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()]));
}

interface Open {
  /** null: a function or another block that is no menu. */
  readonly entry: { title: string; id: string; kernel: string | null; children: BootEntry[] } | null;
}

const QUOTED = `'(?:[^']|'\\\\'')*'|"(?:[^"\\\\]|\\\\.)*"|[^\\s'"{]+`;

/** The menu that grub-mkconfig wrote; conditions in it are not judged. */
export function readMenu(lines: readonly string[]): BootEntry[] {
  const top: BootEntry[] = [];
  const open: Open[] = [];
  for (const line of lines) {
    const text = line.trim();
    if (/^(menuentry|submenu)\b/.test(text)) {
      const entry = { title: titleOf(text), id: idOf(text), kernel: null, children: [] };
      (open.findLast(each => each.entry)?.entry?.children ?? top).push(entry);
      if (!text.endsWith('}')) open.push({ entry });
    } else if (/^function\b/.test(text)) {
      if (!text.endsWith('}')) open.push({ entry: null });
    } else if (text.startsWith('}')) {
      open.pop();
    } else {
      const kernel = new RegExp(`^linux(?:16|efi)?\\s+(${QUOTED})`).exec(text)?.[1];
      const entry = open.at(-1)?.entry;
      if (kernel !== undefined && entry) entry.kernel ??= unquoted(kernel).replace(/^\([^)]*\)/, '');
    }
  }
  return top;
}

function titleOf(text: string): string {
  return unquoted(new RegExp(`^(?:menuentry|submenu)\\s+(${QUOTED})`).exec(text)?.[1] ?? '');
}

function idOf(text: string): string {
  return unquoted(new RegExp(`(?:\\$\\{?menuentry_id_option\\}?|--id(?:=|\\s))\\s*(${QUOTED})`).exec(text)?.[1] ?? '');
}

function unquoted(text: string): string {
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("'\\''", "'");
  return text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;
}
