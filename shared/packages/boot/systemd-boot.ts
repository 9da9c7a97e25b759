import { type BlsEntry, blsEntries, systemdOrder } from './bls.ts';
import type { Chosen } from './entry.ts';
import type { Seen } from './seen.ts';

/**
 * What systemd-boot would start: what bootctl says, else the EFI variables (one shot, default), the default of loader.conf,
 * the first entry; null: it has no entries.
 */
export function systemdBootChoice(seen: Seen): Chosen | null {
  const told = bootctlChoice(seen);
  if (told) return told;
  const entries = systemdOrder([...blsEntries(seen), ...ukis(seen)]);
  const [first] = entries;
  if (!first) return null;
  const settings: [string | undefined, string][] = [
    [seen.efi.get('LoaderEntryOneShot'), 'LoaderEntryOneShot'],
    [seen.efi.get('LoaderEntryDefault'), 'LoaderEntryDefault'],
    [loaderConf(seen), 'default of loader.conf'],
  ];
  for (const [setting, by] of settings) {
    const pattern = setting === '@saved' ? seen.efi.get('LoaderEntryLastBooted') : setting;
    const entry = pattern === undefined ? undefined : entries.find(each => isMatch(pattern, each));
    if (entry) return { entry, by: `systemd-boot (${by}): "${entry.title}"` };
  }
  return { entry: first, by: `systemd-boot (its first entry): "${first.title}"` };
}

function loaderConf(seen: Seen): string | undefined {
  const lines = [...seen.files].flatMap(([path, each]) => (path.endsWith('/loader/loader.conf') ? each : []));
  return lines.flatMap(line => /^\s*default\s+(\S+)/.exec(line)?.[1] ?? []).at(-1);
}

/** Patterns are shell globs on the file's name; the count of tries in it (`+3-1`) does not count. */
function isMatch(pattern: string, { id }: BlsEntry): boolean {
  const name = id.replace(/\+\d+(-\d+)?(?=\.efi$|$)/, '');
  const glob = pattern
    .replace(/\.conf$/, '')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${glob}$`, 'i').test(name);
}

function ukis(seen: Seen): BlsEntry[] {
  return seen.ukis.map(path => {
    const id = path.split('/').at(-1) ?? '';
    const version = /(\d+\.\d+.*?)(?:\+\d+(?:-\d+)?)?\.efi$/.exec(id)?.[1] ?? '';
    return { title: id, id, kernel: path, children: [], version, sortKey: '', machineId: '' };
  });
}

interface Told {
  readonly id?: string;
  readonly showTitle?: string;
  readonly title?: string;
  readonly version?: string;
  readonly linux?: string;
  readonly isDefault?: boolean;
}

/** `bootctl list --json`, since systemd 251; earlier ones print nothing that can be read. */
function bootctlChoice(seen: Seen): (Chosen & { entry: BlsEntry }) | null {
  const list = parsed(seen.said.get('bootctl') ?? '');
  const told = list.find(each => each.isDefault === true);
  if (!told) return null;
  const title = told.showTitle ?? told.title ?? told.id ?? '';
  const { id = '', version = '', linux = null } = told;
  const entry = { title, id, kernel: linux, children: [], version, sortKey: '', machineId: '' };
  return { entry, by: `systemd-boot (bootctl): "${title}"` };
}

function parsed(text: string): Told[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? (list as Told[]) : [];
  } catch {
    return [];
  }
}
