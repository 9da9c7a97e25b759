/** One entry of a boot menu. */
export interface BootEntry {
  readonly title: string;
  /** Empty: it has none. */
  readonly id: string;
  /** Path of the kernel; null: it starts none (a submenu, firmware settings, another system). */
  readonly kernel: string | null;
  /** Of a submenu. */
  readonly children: readonly BootEntry[];
}

/** The entry a boot loader would start, and by which setting. */
export interface Chosen {
  readonly entry: BootEntry;
  readonly by: string;
  /** Only at the next boot. */
  readonly once?: boolean;
}

/**
 * The entry that GRUB takes for `wanted`: indexes from 0, titles or ids, one for each level, parted by `>` (`>>` is the
 * sign itself). What does not exist counts as the first entry, as in GRUB; `found` says whether it did. null: an empty menu.
 */
export function pickEntry(menu: readonly BootEntry[], wanted: string): { entry: BootEntry; found: boolean } | null {
  const [first = '', ...deeper] = wanted.split(/(?<!>)>(?!>)/).map(part => part.replaceAll('>>', '>'));
  const named = /^\d+$/.test(first)
    ? menu[Number(first)]
    : menu.find(({ id, title }) => first !== '' && (id === first || title === first));
  const entry = named ?? menu[0];
  if (!entry) return null;
  if (entry.children.length === 0) return { entry, found: named !== undefined && deeper.length === 0 };
  const inner = pickEntry(entry.children, named ? deeper.join('>') : '');
  return inner && { entry: inner.entry, found: named !== undefined && (inner.found || deeper.length === 0) };
}
