import { type BootEntry, type Chosen } from './entry.ts';
import type { Seen } from './seen.ts';

/** What extlinux or U-Boot would start from an extlinux.conf: its default label, else its first; null: there is none. */
export function extlinuxChoice(seen: Seen): Chosen | null {
  const lines = [...seen.files].find(([path]) => path.endsWith('/extlinux.conf'))?.[1] ?? [];
  const labels: { title: string; id: string; kernel: string | null; children: BootEntry[] }[] = [];
  let wanted = '';
  for (const line of lines) {
    const [, key = '', value = ''] = /^\s*(menu default|\w+)\s*(.*?)\s*$/i.exec(line) ?? [];
    const word = key.toLowerCase();
    const current = labels.at(-1);
    if (word === 'label') labels.push({ title: value, id: value, kernel: null, children: [] });
    else if (word === 'default') wanted = value;
    else if (word === 'menu default' && current) wanted = current.id;
    else if ((word === 'linux' || word === 'kernel') && current) current.kernel = value.split(/\s/)[0] ?? null;
  }
  const entry = labels.find(each => each.id === wanted) ?? labels[0];
  return entry ? { entry, by: `extlinux.conf: "${entry.title}"` } : null;
}
