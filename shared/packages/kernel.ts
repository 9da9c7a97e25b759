import type { Kernels } from '../domain/proof.ts';
import type { Script } from '../ports/host.ts';
import { expectedKernel } from './boot/expected.ts';
import { newestOf } from './boot/newest.ts';
import { readSeen } from './boot/seen.ts';

/**
 * Prints what tells which kernel the next boot starts: the kernels that are there, and what the boot loaders were told.
 * Which loader is in use is not judged here. Lines: `running`, `machine`, `container`, `booted-by` and `efi` (what the
 * loader said of itself), `image`, `modules`, `link`, `grubby`, `bootctl`, `uki`; `file PATH` with `|LINE` for each of its
 * lines that matters; `end`.
 */
export const KERNELS: Script = {
  args: [],
  text: `
R=$NODETIDE_ROOT
show() {
  [ -f "$R$1" ] && [ -r "$R$1" ] || return 0
  printf 'file %s\\n' "$1"
  grep -E "$2" "$R$1" | sed 's/^/|/'
}
printf 'running %s\\n' "$(uname -r)"
printf 'machine %s\\n' "$(uname -m)"
if [ -s "$R/run/systemd/container" ]; then
  printf 'container %s\\n' "$(head -n 1 "$R/run/systemd/container")"
elif [ -e "$R/.dockerenv" ] || [ -e "$R/run/.containerenv" ]; then
  printf 'container docker\\n'
fi
if grep -q 'BOOT_IMAGE=' "$R/proc/cmdline" 2>/dev/null; then printf 'booted-by BOOT_IMAGE\\n'; fi
for name in LoaderInfo LoaderEntryOneShot LoaderEntryDefault LoaderEntryLastBooted; do
  var=$R/sys/firmware/efi/efivars/$name-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f
  [ ! -r "$var" ] || printf 'efi %s %s\\n' "$name" "$(tail -c +5 "$var" | tr -d '\\000')"
done
for image in "$R"/boot/vmlinuz-* "$R"/boot/vmlinux-* "$R"/boot/[Ii]mage-* "$R"/boot/kernel-*; do
  [ ! -e "$image" ] || printf 'image %s\\n' "\${image##*/}"
done
for modules in "$R"/lib/modules/* "$R"/usr/lib/modules/*; do
  [ ! -d "$modules" ] || printf 'modules %s\\n' "\${modules##*/}"
  [ ! -f "$modules/vmlinuz" ] || printf 'image vmlinuz-%s\\n' "\${modules##*/}"
done
for link in /vmlinuz /vmlinuz.old /boot/vmlinuz /boot/vmlinuz.old /boot/vmlinux /boot/Image /boot/image; do
  [ ! -L "$R$link" ] || printf 'link %s %s\\n' "$link" "$(readlink "$R$link")"
done
if command -v grubby >/dev/null 2>&1; then printf 'grubby %s\\n' "$(grubby --default-kernel 2>/dev/null)"; fi
for folder in "$R"/boot/grub "$R"/boot/grub2 "$R"/boot/efi/EFI/*; do
  for name in grub.cfg grubenv; do
    case $name in
      grub.cfg) lines='^[[:space:]]*(menuentry|submenu|function|linux|[}]|set default|blscfg|configfile)' ;;
      *) lines='^(saved|next)_entry=' ;;
    esac
    show "\${folder#"$R"}/$name" "$lines"
  done
done
for boot in /boot /efi /boot/efi; do
  show "$boot/loader/loader.conf" '^[[:space:]]*default'
  for entry in "$R$boot"/loader/entries/*.conf; do
    show "\${entry#"$R"}" '^(title|version|linux|uki|efi|sort-key|machine-id)[[:space:]]'
  done
  for uki in "$R$boot"/EFI/Linux/*.efi; do
    [ ! -e "$uki" ] || printf 'uki %s\\n' "\${uki#"$R"}"
  done
done
if [ -r "$R/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f" ] && command -v bootctl >/dev/null 2>&1; then
  printf 'bootctl %s\\n' "$(bootctl list --json=short 2>/dev/null | tr '\\n' ' ')"
fi
for conf in /boot/extlinux/extlinux.conf /extlinux/extlinux.conf; do
  show "$conf" '^[[:space:]]*([Dd][Ee][Ff]|[Ll][Aa][Bb]|[Mm][Ee][Nn][Uu] [Dd]|[Ll][Ii][Nn][Uu]|[Kk][Ee][Rr])'
done
show /etc/zipl.conf '.'
printf 'end\\n'
`,
};

/** Reads the answer of {@link KERNELS}. An answer that was cut short tells nothing. */
export function parseKernels(stdout: string): Kernels {
  const seen = readSeen(stdout);
  if (seen === null) return { expected: null, by: 'the host told only half of it', newest: null };
  const newest = newestOf(seen);
  return { ...expectedKernel(seen, newest), newest };
}
