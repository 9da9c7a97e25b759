import { compareReleases } from '../../domain/kernel-release.ts';
import type { BootEntry } from './entry.ts';
import type { Seen } from './seen.ts';

/** An entry of the Boot Loader Specification: a file of its own, or a unified kernel image. */
export interface BlsEntry extends BootEntry {
  readonly version: string;
  readonly sortKey: string;
  readonly machineId: string;
}

/** All entries in `/boot`, `/efi` and `/boot/efi`. The id is the file's name without `.conf`. */
export function blsEntries(seen: Seen): BlsEntry[] {
  const paths = [...seen.files.keys()].filter(path => /\/loader\/entries\/[^/]+\.conf$/.test(path));
  return paths.map(path => {
    const fields = new Map(
      (seen.files.get(path) ?? []).map((line): [string, string] => {
        const [key = '', ...rest] = line.split(/\s+/);
        return [key, rest.join(' ').trim()];
      }),
    );
    const id = (path.split('/').at(-1) ?? '').replace(/\.conf$/, '');
    const kernel = fields.get('linux') ?? fields.get('uki') ?? fields.get('efi') ?? null;
    return {
      title: fields.get('title') ?? id,
      id,
      kernel,
      children: [],
      version: fields.get('version') ?? '',
      sortKey: fields.get('sort-key') ?? '',
      machineId: fields.get('machine-id') ?? '',
    };
  });
}

/** As GRUB shows them: by file name, the highest version first; rescue entries are called version 0. */
export function grubOrder(entries: readonly BlsEntry[]): BlsEntry[] {
  return [...entries].sort((a, b) => compareReleases(b.id, a.id));
}

/** As systemd-boot shows them: those with a sort key first, by key, machine and version; the others by file name. */
export function systemdOrder(entries: readonly BlsEntry[]): BlsEntry[] {
  return [...entries].sort((a, b) => {
    if ((a.sortKey === '') !== (b.sortKey === '')) return a.sortKey === '' ? 1 : -1;
    if (a.sortKey === '') return compareReleases(b.id, a.id);
    return (
      textOrder(a.sortKey, b.sortKey) ||
      textOrder(a.machineId, b.machineId) ||
      compareReleases(b.version, a.version) ||
      compareReleases(b.id, a.id)
    );
  });
}

function textOrder(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
