import { blsEntries, grubOrder } from './bls.ts';
import type { Chosen } from './entry.ts';
import type { Seen } from './seen.ts';

/**
 * What zipl (s390x) was told: the image of the default section, or without one the first entry of the Boot Loader
 * Specification; null: there is neither. What was written to the disk is not looked at.
 */
export function ziplChoice(seen: Seen): Chosen | null {
  const sections = readSections(seen.files.get('/etc/zipl.conf') ?? []);
  const boot = sections.get('defaultboot');
  const menu = sections.get(`:${boot?.get('defaultmenu') ?? ''}`);
  const name = boot?.get('default') ?? menu?.get(menu.get('default') ?? '1');
  const image = sections.get(name ?? '')?.get('image');
  if (name !== undefined && image !== undefined)
    return { entry: { title: name, id: name, kernel: image, children: [] }, by: `zipl.conf: "${name}"` };
  const [entry] = grubOrder(blsEntries(seen));
  return entry ? { entry, by: `zipl: "${entry.title}"` } : null;
}

function readSections(lines: readonly string[]): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let current = new Map<string, string>();
  for (const line of lines) {
    const name = /^\[(.*?)\]|^(:\S+)/.exec(line);
    const [, key, value = ''] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name) sections.set(name[1] ?? name[2] ?? '', (current = new Map<string, string>()));
    else if (key !== undefined) current.set(key, value.replace(/^"(.*)"$/, '$1'));
  }
  return sections;
}
