const MACHINE = '4c5e2d5d0f3f4b6a9d1e8c7b6a5f4e3d';

/** Entries as kernel-install of Red Hat writes them, one a release; `0-rescue` is the rescue system. */
export function redHatEntries(releases: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    releases.map(release => [
      `boot/loader/entries/${MACHINE}-${release}.conf`,
      `title Red Hat Enterprise Linux (${release}) 9.4 (Plow)
version ${release}
linux /vmlinuz-${release}
initrd /initramfs-${release}.img $tuned_initrd
options root=/dev/mapper/rhel-root ro crashkernel=1G-4G:192M
grub_users $grub_users
grub_arg --unrestricted
grub_class rhel
`,
    ]),
  );
}

/** The id of such an entry, as `grub2-set-default` and grubby keep it. */
export const redHatId = (release: string): string => `${MACHINE}-${release}`;

/** What grub2-mkconfig of Red Hat writes: the entries come from files. */
export const RED_HAT_GRUB = `### BEGIN /etc/grub.d/00_header ###
if [ -f \${config_directory}/grubenv ]; then
  load_env -f \${config_directory}/grubenv
elif [ -s $prefix/grubenv ]; then
  load_env
fi
if [ "\${next_entry}" ] ; then
   set default="\${next_entry}"
   set next_entry=
   save_env next_entry
   set boot_once=true
else
   set default="\${saved_entry}"
fi
### BEGIN /etc/grub.d/10_linux ###
insmod part_gpt
set kernelopts="root=/dev/mapper/rhel-root ro "
insmod blscfg
blscfg
### BEGIN /etc/grub.d/30_uefi-firmware ###
menuentry 'UEFI Firmware Settings' $menuentry_id_option 'uefi-firmware' {
	fwsetup
}
`;

/** Entries as kernel-install of systemd writes them on the EFI system partition. */
export function systemdEntries(
  releases: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return Object.fromEntries(
    releases.map(release => [
      `efi/loader/entries/${MACHINE}-${release}${more[release] ?? ''}.conf`,
      `title      Debian GNU/Linux 13 (trixie)
version    ${release}
machine-id ${MACHINE}
sort-key   debian
options    root=UUID=1 ro
linux      /${MACHINE}/${release}/linux
initrd     /${MACHINE}/${release}/initrd.img
`,
    ]),
  );
}

/** An EFI variable: four bytes of attributes, then UTF-16. */
export const efiVariable = (text: string): string => `\u0006\0\0\0${text.replace(/./g, '$&\0')}\0\0`;

/** Where systemd-boot keeps its variables. */
export const efiPath = (name: string): string =>
  `sys/firmware/efi/efivars/${name}-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f`;
