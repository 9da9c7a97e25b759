import type { BareRoot } from '../bare-root.ts';

/** Kernels with their modules, and `uname` for the running one. */
export function withKernels(
  running: string,
  releases: readonly string[],
  more: BareRoot = {},
  machine = 'x86_64',
): BareRoot {
  const files: Record<string, string> = { 'proc/cmdline': 'BOOT_IMAGE=/boot/vmlinuz root=/dev/sda1 ro\n' };
  for (const release of releases) {
    files[`boot/vmlinuz-${release}`] = '';
    files[`lib/modules/${release}/modules.dep`] = '';
  }
  const uname = `case $1 in -m) echo ${machine} ;; *) echo ${running} ;; esac`;
  return { ...more, files: { ...files, ...more.files }, programs: { uname, ...more.programs } };
}

const UUID = '1b2c3d4e-0000-4000-8000-123456789abc';

function kernelEntry(title: string, release: string, kind: string, indent: string): string {
  return `${indent}menuentry '${title}' --class debian --class gnu-linux --class os $menuentry_id_option 'gnulinux-${kind}-${UUID}' {
${indent}	load_video
${indent}	insmod gzio
${indent}	if [ x$grub_platform = xxen ]; then insmod xzio; insmod lzopio; fi
${indent}	search --no-floppy --fs-uuid --set=root ${UUID}
${indent}	echo	'Loading Linux ${release} ...'
${indent}	linux	/boot/vmlinuz-${release} root=UUID=${UUID} ro  quiet
${indent}	initrd	/boot/initrd.img-${release}
${indent}}
`;
}

/** What grub-mkconfig of Debian, Ubuntu and SUSE writes for these kernels (the first is the newest one), with a default. */
export function grubMenu(name: string, releases: readonly string[], fallback: string): string {
  const [first = ''] = releases;
  const advanced = releases
    .flatMap(release => [
      kernelEntry(`${name}, with Linux ${release}`, release, `${release}-advanced`, '\t'),
      kernelEntry(`${name}, with Linux ${release} (recovery mode)`, release, `${release}-recovery`, '\t'),
    ])
    .join('');
  return `### BEGIN /etc/grub.d/00_header ###
if [ -s $prefix/grubenv ]; then
  set have_grubenv=true
  load_env
fi
if [ "\${next_entry}" ] ; then
   set default="\${next_entry}"
   set next_entry=
   save_env next_entry
   set boot_once=true
else
   set default="${fallback}"
fi
if [ x"\${feature_menuentry_id}" = xy ]; then
  menuentry_id_option="--id"
else
  menuentry_id_option=""
fi
function savedefault {
  if [ -z "\${boot_once}" ]; then
    saved_entry="\${chosen}"
    save_env saved_entry
  fi
}
function load_video {
  if [ x$feature_all_video_module = xy ]; then
    insmod all_video
  fi
}
### BEGIN /etc/grub.d/10_linux ###
${kernelEntry(name, first, 'simple', '')}submenu 'Advanced options for ${name}' $menuentry_id_option 'gnulinux-advanced-${UUID}' {
${advanced}}
### BEGIN /etc/grub.d/30_uefi-firmware ###
if [ "$grub_platform" = "efi" ]; then
	fwsetup --is-supported
	if [ "$?" = 0 ]; then
		menuentry 'UEFI Firmware Settings' $menuentry_id_option 'uefi-firmware' {
			fwsetup
		}
	fi
fi
`;
}

/** The block of 1024 bytes that GRUB keeps its environment in. */
export function grubEnv(values: Readonly<Record<string, string>>): string {
  const lines = Object.entries(values).map(([key, value]) => `${key}=${value}\n`);
  return `# GRUB Environment Block\n${lines.join('')}`.padEnd(1024, '#');
}

/** Ids as grub-mkconfig makes them, and as `grub-set-default` takes them. */
export const advancedId = (release: string): string => `gnulinux-advanced-${UUID}>gnulinux-${release}-advanced-${UUID}`;
