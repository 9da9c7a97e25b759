import type { Kernels } from '../../domain/proof.ts';
import { type BlsEntry, blsEntries } from './bls.ts';
import type { Chosen } from './entry.ts';
import { extlinuxChoice } from './extlinux.ts';
import { grubChoice } from './grub.ts';
import { releaseOf, type Seen } from './seen.ts';
import { systemdBootChoice } from './systemd-boot.ts';
import { ziplChoice } from './zipl.ts';

type Expected = Pick<Kernels, 'expected' | 'by' | 'broken'>;

/** The kernel the next boot starts: what the boot loader says; else the link `/vmlinuz`; else the newest installed. */
export function expectedKernel(seen: Seen, newest: string | null): Expected {
  if (seen.container !== null) return unknown(`a container (${seen.container}) runs its host's kernel`);
  if (isFromOutside(seen)) return unknown('the running kernel came from outside of this system');
  const chosen = choice(seen);
  if (chosen) return ofEntry(chosen, seen);
  for (const path of ['/vmlinuz', '/boot/vmlinuz']) {
    const target = seen.links.get(path);
    const release = target === undefined ? null : releaseOf(target, seen);
    if (release !== null) return { expected: release, by: `no boot loader is known here; ${path} points to it` };
  }
  if (newest === null) return unknown('no kernel is installed');
  return { expected: newest, by: 'no boot loader is known here; it is the newest installed' };
}

/** Which loader is in use: what it left in the EFI variables, else whose configuration is there. */
function choice(seen: Seen): Chosen | null {
  const isSystemdBoot = /systemd-boot/i.test(seen.efi.get('LoaderInfo') ?? '');
  if (isSystemdBoot) return systemdBootChoice(seen);
  // On boards, U-Boot reads it, also where GRUB is installed; on PCs syslinux may have left it.
  const isBoard = /^(arm|aarch64|riscv)/.test(seen.machine) && seen.efi.size === 0;
  if (isBoard) return extlinuxChoice(seen) ?? grubbyOrGrub(seen);
  if (seen.machine === 's390x') return grubbyOrGrub(seen) ?? ziplChoice(seen);
  return grubbyOrGrub(seen) ?? extlinuxChoice(seen) ?? systemdBootChoice(seen);
}

/** grubby knows the ways of Red Hat's GRUB and zipl, but not an entry that was set for one boot only. */
function grubbyOrGrub(seen: Seen): Chosen | null {
  const own = grubChoice(seen);
  const path = seen.said.get('grubby') ?? '';
  if (own?.once || releaseOf(path, seen) === null) return own;
  return { entry: { title: path, id: '', kernel: path, children: [] }, by: 'grubby --default-kernel' };
}

function ofEntry({ entry, by }: Chosen, seen: Seen): Expected {
  const release =
    (entry.kernel === null ? null : releaseOf(entry.kernel, seen)) ?? (entry as Partial<BlsEntry>).version ?? '';
  if (!/^\d/.test(release)) return unknown(`${by}, which names no kernel of this system`);
  // An image in /boot can be looked for; of what lies elsewhere only the loader knows.
  const name = entry.kernel?.split('/').at(-1) ?? '';
  const isInBoot = /^\/?(?:@\/)?(?:boot\/)?[^/]+$/.test(entry.kernel ?? '/x/y/z');
  if (isInBoot && /-\d/.test(name) && seen.images.length > 0 && !seen.images.includes(name))
    return { ...unknown(`${by}, but there is no ${name}`), broken: `${by}, but there is no ${name}` };
  return { expected: release, by };
}

/** A virtual machine that is given its kernel from outside, as by direct kernel boot: nothing installed here is started. */
function isFromOutside(seen: Seen): boolean {
  const isOurs = seen.modules.includes(seen.running) || seen.images.some(name => name.endsWith(`-${seen.running}`));
  return !isOurs && !seen.bootImage && !seen.efi.has('LoaderInfo') && blsEntries(seen).length === 0;
}

function unknown(by: string): Expected {
  return { expected: null, by };
}
