import { Bash, InMemoryFs } from 'just-bash';
import { describe, expect, it } from 'vitest';
import type { Kernels } from '../../../shared/domain/proof.ts';
import { KERNELS, parseKernels } from '../../../shared/packages/kernel.ts';
import { type BareRoot, runOnRoot } from '../../helpers/bare-root.ts';
import {
  efiPath,
  efiVariable,
  RED_HAT_GRUB,
  redHatEntries,
  redHatId,
  systemdEntries,
} from '../../helpers/boot-roots/bls.ts';
import { advancedId, grubEnv, grubMenu, withKernels } from '../../helpers/boot-roots/grub.ts';

const on = async (root: BareRoot): Promise<Kernels> => parseKernels((await runOnRoot(root, KERNELS)).stdout);

const [OLD, NEW] = ['6.1.0-27-amd64', '6.1.0-30-amd64'];
const DEBIAN = 'Debian GNU/Linux';

/** A Debian with two kernels, the older one running. */
const debian = (fallback: string, env: Record<string, string> = {}, more: Record<string, string> = {}) =>
  withKernels(OLD, [OLD, NEW], {
    files: { 'boot/grub/grub.cfg': grubMenu(DEBIAN, [NEW, OLD], fallback), 'boot/grub/grubenv': grubEnv(env), ...more },
  });

describe('GRUB with a menu of its own (Debian, Ubuntu, SUSE)', () => {
  it.each<[string, string, Record<string, string>, string, string]>([
    ['the first entry', '0', {}, NEW, 'default of grub.cfg'],
    ['an index below a submenu', '1>2', {}, OLD, 'default of grub.cfg'],
    ['a submenu alone: its first entry', '1', {}, NEW, 'default of grub.cfg'],
    ['ids', advancedId(OLD), {}, OLD, 'default of grub.cfg'],
    ['titles', `Advanced options for ${DEBIAN}>${DEBIAN}, with Linux ${OLD}`, {}, OLD, 'default of grub.cfg'],
    ['saved', '${saved_entry}', { saved_entry: advancedId(OLD) }, OLD, 'saved_entry of grubenv'],
    ['saved, nothing saved', '${saved_entry}', {}, NEW, 'no saved_entry in grubenv'],
    ['saved, and it is gone', '${saved_entry}', { saved_entry: advancedId('5.10.0-1-amd64') }, NEW, 'its first entry'],
    ['for one boot only', '0', { next_entry: advancedId(OLD) }, OLD, 'next_entry of grubenv'],
    ['for one boot only, once it was used', '0', { next_entry: '' }, NEW, 'default of grub.cfg'],
  ])('%s', async (_, fallback, env, expected, by) => {
    const kernels = await on(debian(fallback, env));
    expect(kernels).toMatchObject({ expected, newest: NEW, by: expect.stringContaining(by) });
  });

  it('an entry that starts no kernel of this system: cannot be told', async () => {
    expect(await on(debian('uefi-firmware'))).toMatchObject({ expected: null, by: expect.stringContaining('UEFI') });
  });

  it('a menu made before a kernel was removed: what it starts is gone', async () => {
    const files = { 'boot/grub/grub.cfg': grubMenu(DEBIAN, ['6.1.0-31-amd64', NEW], '0') };
    const kernels = await on(withKernels(OLD, [OLD, NEW], { files }));
    expect(kernels).toMatchObject({ expected: null, broken: expect.stringContaining('no vmlinuz-6.1.0-31-amd64') });
  });

  it('Ubuntu: the flavour that the menu puts first', async () => {
    const [generic, aws] = ['6.8.0-45-generic', '6.5.0-1024-aws'];
    const files = { 'boot/grub/grub.cfg': grubMenu('Ubuntu', [aws, generic], '0') };
    const kernels = await on(withKernels('6.5.0-1020-aws', ['6.5.0-1020-aws', aws, generic], { files }));
    expect(kernels).toMatchObject({ expected: aws, newest: aws });
  });

  it('SUSE: grub2, the image named by a link, on a snapshot', async () => {
    const release = '6.4.0-150600.23.7-default';
    const menu = grubMenu('SLES 15-SP6', [release], '${saved_entry}').replace(
      `/boot/vmlinuz-${release}`,
      '/boot/vmlinuz',
    );
    const files = { 'boot/grub2/grub.cfg': menu, 'boot/grub2/grubenv': grubEnv({ saved_entry: '' }) };
    const links = { 'boot/vmlinuz': `vmlinuz-${release}` };
    const root = withKernels('6.4.0-150600.21-default', ['6.4.0-150600.21-default', release], { files, links });
    expect(await on(root)).toMatchObject({ expected: release, newest: release });
  });

  it('Ubuntu on ZFS: the path in quotes, in a dataset', async () => {
    const menu = grubMenu('Ubuntu', [NEW, OLD], '0').replaceAll(/\/boot\/(vmlinuz-\S+)/g, '"/BOOT/ubuntu_x1@/$1"');
    const kernels = await on(withKernels(NEW, [OLD, NEW], { files: { 'boot/grub/grub.cfg': menu } }));
    expect(kernels.expected).toBe(NEW);
  });

  it('a partition of its own for /boot, and quotes in titles', async () => {
    const menu = grubMenu('Joe\'s \\"Linux\\"', [NEW, OLD], '0')
      .replaceAll("'Joe's", "'Joe'\\''s")
      .replaceAll('/boot/vm', '/vm');
    const kernels = await on(withKernels(OLD, [OLD, NEW], { files: { 'boot/grub/grub.cfg': menu } }));
    expect(kernels.expected).toBe(NEW);
  });
});

describe('GRUB with entries in files (RHEL and kin, Fedora)', () => {
  const [older, newer, debug] = ['5.14.0-362.el9.x86_64', '5.14.0-427.el9.x86_64', '5.14.0-427.el9.x86_64+debug'];
  const redHat = (env: Record<string, string>, more: BareRoot = {}, releases = [older, newer, '0-rescue']) =>
    withKernels(older, [older, newer], {
      ...more,
      files: {
        ...redHatEntries(releases),
        'boot/grub2/grub.cfg': RED_HAT_GRUB,
        'boot/grub2/grubenv': grubEnv(env),
        ...more.files,
      },
    });

  it.each<[string, Record<string, string>, string, string]>([
    ['saved by id', { saved_entry: redHatId(newer) }, newer, 'saved_entry'],
    ['an older one, by intent', { saved_entry: redHatId(older) }, older, 'saved_entry'],
    ['saved by index', { saved_entry: '1' }, older, 'saved_entry'],
    ['nothing saved: the highest version, never the rescue system', {}, newer, 'first entry'],
    ['saved, and it is gone', { saved_entry: redHatId('5.14.0-1.el9.x86_64') }, newer, 'its first entry'],
    ['for one boot only', { saved_entry: redHatId(newer), next_entry: redHatId(older) }, older, 'next_entry'],
  ])('%s', async (_, env, expected, by) => {
    expect(await on(redHat(env))).toMatchObject({ expected, newest: newer, by: expect.stringContaining(by) });
  });

  it('the rescue system, by intent: cannot be told', async () => {
    const root = redHat({ saved_entry: redHatId('0-rescue') });
    expect(await on(root)).toMatchObject({ expected: null, newest: newer });
  });

  it('a menu in the EFI system partition (RHEL 8), where /boot has none', async () => {
    const files = {
      'boot/efi/EFI/redhat/grub.cfg': RED_HAT_GRUB,
      'boot/efi/EFI/redhat/grubenv': grubEnv({ saved_entry: redHatId(older) }),
    };
    const root = withKernels(older, [older, newer], { files: { ...redHatEntries([older, newer]), ...files } });
    expect(await on(root)).toMatchObject({ expected: older });
  });

  it('a stub in the EFI system partition that leads to the menu (RHEL 9)', async () => {
    const files = {
      'boot/efi/EFI/redhat/grub.cfg': 'search --set=dev 1\nset prefix=($dev)/grub2\nconfigfile $prefix/grub.cfg\n',
    };
    expect(await on(redHat({ saved_entry: redHatId(older) }, { files }))).toMatchObject({ expected: older });
  });

  it.each([
    ['is believed', 'exit 0', {}, newer],
    ['but not against an entry for one boot', 'exit 0', { next_entry: redHatId(older) }, older],
    ['and not when it fails', 'exit 1', { saved_entry: redHatId(older) }, older],
  ])('grubby %s', async (_, end, env, expected) => {
    const grubby = end === 'exit 0' ? `[ "$1" = --default-kernel ] && echo /boot/vmlinuz-${newer}` : end;
    expect(await on(redHat(env, { programs: { grubby } }))).toMatchObject({ expected });
  });

  it('a debug kernel sorts above its twin, as in GRUB, and is no twin of the running one', async () => {
    const root = redHat({}, {}, [older, newer, debug]);
    const files = { ...root.files, [`boot/vmlinuz-${debug}`]: '', [`lib/modules/${debug}/modules.dep`]: '' };
    expect(await on({ ...root, files })).toMatchObject({ expected: debug, newest: newer });
  });

  it('ostree: the entry of the newest deployment', async () => {
    const entry = (no: number, release: string) =>
      `title Fedora CoreOS 40 (ostree:${no})\nversion ${no}\noptions ostree=/ostree/boot.1/x\nlinux /ostree/fedora-coreos-abc/vmlinuz-${release}\n`;
    const files = {
      'boot/grub2/grub.cfg': 'set default="${saved_entry}"\nblscfg\n',
      'boot/loader/entries/ostree-1.conf': entry(1, '6.8.5-301.fc40.x86_64'),
      'boot/loader/entries/ostree-2.conf': entry(2, '6.9.4-200.fc40.x86_64'),
      'usr/lib/modules/6.8.5-301.fc40.x86_64/vmlinuz': '',
    };
    const root = withKernels('6.8.5-301.fc40.x86_64', [], { files });
    expect(await on(root)).toMatchObject({ expected: '6.9.4-200.fc40.x86_64' });
  });
});

describe('systemd-boot', () => {
  const [older, newer] = ['6.12.48+deb13-amd64', '6.12.57+deb13-amd64'];
  const esp = (more: Record<string, string> = {}, programs: Record<string, string> = {}, tries = {}) =>
    withKernels(older, [older, newer], {
      files: {
        [efiPath('LoaderInfo')]: efiVariable('systemd-boot 257'),
        ...systemdEntries([older, newer], tries),
        ...more,
      },
      programs,
    });

  it.each<[string, Record<string, string>, string, string]>([
    ['the first entry', {}, newer, 'its first entry'],
    ['loader.conf', { 'efi/loader/loader.conf': `timeout 3\ndefault *-${older}.conf\n` }, older, 'loader.conf'],
    ['loader.conf that fits nothing', { 'efi/loader/loader.conf': 'default arch-*\n' }, newer, 'its first entry'],
    [
      'the EFI variable goes before it',
      {
        'efi/loader/loader.conf': `default *-${newer}\n`,
        [efiPath('LoaderEntryDefault')]: efiVariable(`*-${older}.conf`),
      },
      older,
      'LoaderEntryDefault',
    ],
    [
      'for one boot only',
      {
        [efiPath('LoaderEntryDefault')]: efiVariable(`*-${newer}.conf`),
        [efiPath('LoaderEntryOneShot')]: efiVariable(`*-${older}.conf`),
      },
      older,
      'OneShot',
    ],
    [
      'the one booted last',
      {
        'efi/loader/loader.conf': 'default @saved\n',
        [efiPath('LoaderEntryLastBooted')]: efiVariable(`*-${older}.conf`),
      },
      older,
      'loader.conf',
    ],
  ])('%s', async (_, files, expected, by) => {
    expect(await on(esp(files))).toMatchObject({ expected, newest: newer, by: expect.stringContaining(by) });
  });

  it('the tries left are no part of a name', async () => {
    const files = { 'efi/loader/loader.conf': `default *-${older}.conf\n` };
    expect(await on(esp(files, {}, { [older]: '+3-1' }))).toMatchObject({ expected: older });
  });

  it('bootctl is believed where it can be read', async () => {
    const list = [
      { id: 'a.conf', version: newer, isDefault: false },
      { id: 'b.conf', title: 'b', linux: `/x/${older}/linux`, isDefault: true },
    ];
    const bootctl = `[ "$*" = "list --json=short" ] && echo '${JSON.stringify(list)}'`;
    expect(await on(esp({}, { bootctl }))).toMatchObject({ expected: older, by: expect.stringContaining('bootctl') });
    expect(await on(esp({}, { bootctl: 'echo "unknown option" >&2; exit 1' }))).toMatchObject({ expected: newer });
  });

  it('unified kernel images', async () => {
    const files = {
      [efiPath('LoaderInfo')]: efiVariable('systemd-boot 255'),
      'boot/efi/EFI/Linux/4c5e2d5d0f3f4b6a9d1e8c7b6a5f4e3d-6.9.4-200.fc40.x86_64+3.efi': '',
      'boot/efi/EFI/Linux/4c5e2d5d0f3f4b6a9d1e8c7b6a5f4e3d-6.8.5-301.fc40.x86_64.efi': '',
    };
    expect(await on(withKernels('6.8.5-301.fc40.x86_64', ['6.8.5-301.fc40.x86_64'], { files }))).toMatchObject({
      expected: '6.9.4-200.fc40.x86_64',
    });
  });

  it('GRUB that leaves the same variable is still GRUB', async () => {
    const files = { [efiPath('LoaderInfo')]: efiVariable('GRUB 2.12'), ...debian(advancedId(OLD)).files };
    expect(await on({ ...debian('0'), files })).toMatchObject({ expected: OLD, by: expect.stringContaining('GRUB') });
  });
});

describe('other loaders', () => {
  const conf = (head: string) => `## /boot/extlinux/extlinux.conf
${head}menu title U-Boot menu
prompt 0
timeout 50

label l0
	menu label Debian GNU/Linux 12 ${NEW}
	linux /boot/vmlinuz-${NEW}
	initrd /boot/initrd.img-${NEW}
	append root=/dev/mmcblk0p2

label l1
	menu label Debian GNU/Linux 12 ${OLD}
	kernel /boot/vmlinuz-${OLD}
`;

  it.each([
    ['default l1\n', OLD],
    ['default l0\n', NEW],
    ['default l9\n', NEW],
    ['', NEW],
  ])('extlinux.conf: %j', async (head, expected) => {
    const files = { 'boot/extlinux/extlinux.conf': conf(head) };
    expect(await on(withKernels(OLD, [OLD, NEW], { files }, 'aarch64'))).toMatchObject({ expected });
  });

  it('extlinux.conf counts on a board, GRUB on a PC, where both are there', async () => {
    const both = { ...debian('0').files, 'boot/extlinux/extlinux.conf': conf('default l1\n') };
    expect(await on(withKernels(OLD, [OLD, NEW], { files: both }, 'aarch64'))).toMatchObject({ expected: OLD });
    expect(await on(withKernels(OLD, [OLD, NEW], { files: both }))).toMatchObject({ expected: NEW });
  });

  it.each([
    [
      'a default section',
      `[defaultboot]\ndefault=two\n[one]\nimage=/boot/vmlinuz-${NEW}\n[two]\n  image = /boot/vmlinuz-${OLD}\n`,
    ],
    [
      'a menu',
      `[defaultboot]\ndefaultmenu = menu\n:menu\ntarget = /boot/zipl\n1 = one\n2 = two\ndefault = 2\n[one]\nimage=/boot/vmlinuz-${NEW}\n[two]\nimage=/boot/vmlinuz-${OLD}\n`,
    ],
  ])('zipl.conf: %s', async (_, text) => {
    const root = withKernels(OLD, [OLD, NEW], { files: { 'etc/zipl.conf': text } }, 's390x');
    expect(await on(root)).toMatchObject({ expected: OLD, by: expect.stringContaining('zipl.conf: "two"') });
  });

  it('zipl with entries in files', async () => {
    const files = { 'etc/zipl.conf': '[defaultboot]\ndefaultauto\ntarget=/boot\n', ...redHatEntries([OLD, NEW]) };
    expect(await on(withKernels(OLD, [OLD, NEW], { files }, 's390x'))).toMatchObject({ expected: NEW });
  });

  it('none is known: the link /vmlinuz', async () => {
    const root = withKernels(NEW, [OLD, NEW], {
      links: { vmlinuz: `boot/vmlinuz-${OLD}`, 'vmlinuz.old': `boot/vmlinuz-${NEW}` },
    });
    expect(await on(root)).toMatchObject({
      expected: OLD,
      newest: NEW,
      by: expect.stringContaining('/vmlinuz points'),
    });
  });

  it('none is known and no link is there: the newest installed', async () => {
    expect(await on(withKernels(OLD, [OLD, NEW]))).toMatchObject({
      expected: NEW,
      by: expect.stringContaining('newest'),
    });
  });
});

describe('what cannot be told', () => {
  it.each<[string, BareRoot]>([
    ['a container', { files: { 'run/systemd/container': 'lxc\n', ...debian('0').files } }],
    ['docker', { files: { '.dockerenv': '', ...debian('0').files } }],
    [
      'a kernel from outside',
      { files: { ...debian('0').files, 'proc/cmdline': 'console=ttyS0\n' }, programs: { uname: 'echo 6.18.44-fc' } },
    ],
    ['no kernel at all', { programs: { uname: 'echo 6.1.0' }, files: { 'proc/cmdline': 'BOOT_IMAGE=/x' } }],
  ])('%s', async (_, root) => {
    expect(await on({ ...debian('0'), ...root })).toMatchObject({ expected: null });
  });

  it('half an answer tells nothing', async () => {
    const { stdout } = await runOnRoot(debian('0'), KERNELS);
    for (const cut of [stdout.slice(0, -2), stdout.slice(0, stdout.length / 2), ''])
      expect(parseKernels(cut)).toEqual({ expected: null, by: expect.any(String), newest: null });
  });
});

describe('the newest installed', () => {
  const newest = async (running: string, releases: string[], more: Record<string, string> = {}) =>
    (await on(withKernels(running, releases, { files: more }))).newest;

  it('is the highest version, of the running flavour', async () => {
    expect(await newest('6.1.0-9-amd64', ['6.1.0-9-amd64', '6.1.0-10-amd64', '6.9.0-1-rt-arm64'])).toBe(
      '6.1.0-10-amd64',
    );
  });

  it.each([
    ['5.14.0-362.el9.x86_64', ['5.14.0-427.el9.x86_64', '5.14.0-503.el9.x86_64+debug'], '5.14.0-427.el9.x86_64'],
    ['5.14.0-362.el9.x86_64+rt', ['5.14.0-427.el9.x86_64', '5.14.0-420.el9.x86_64+rt'], '5.14.0-420.el9.x86_64+rt'],
    ['6.1.0-9-cloud-amd64', ['6.1.0-10-cloud-amd64', '6.1.0-12-amd64'], '6.1.0-10-cloud-amd64'],
    ['6.1.0-9-amd64', ['6.1.0-10-amd64', '6.1.0-12-rt-amd64', '6.1.0-13-cloud-amd64'], '6.1.0-10-amd64'],
    ['6.12.48+deb13-amd64', ['6.12.57+deb13-amd64', '6.12.60+deb13-cloud-amd64'], '6.12.57+deb13-amd64'],
    ['6.1.0-0.deb11.21-amd64', ['6.1.0-0.deb11.25-amd64'], '6.1.0-0.deb11.25-amd64'],
    ['5.15.0-1053-aws', ['5.15.0-1060-aws', '6.8.0-45-generic'], '5.15.0-1060-aws'],
    ['6.4.0-150600.21-default', ['6.4.0-150600.23.7-default'], '6.4.0-150600.23.7-default'],
    ['6.6.20+rpt-rpi-v8', ['6.6.31+rpt-rpi-v8', '6.12.1+rpt-rpi-2712'], '6.6.31+rpt-rpi-v8'],
  ])('of the flavour of %s', async (running, others, wanted) => {
    expect(await newest(running, [running, ...others])).toBe(wanted);
  });

  it('counts only with its modules; no rescue systems, no leftovers', async () => {
    const leftovers = ['0-rescue-abc', '6.1.0-11-amd64.old', '6.1.0-12-amd64.dpkg-bak'];
    const images = Object.fromEntries(['6.1.0-10-amd64'].map(each => [`boot/vmlinuz-${each}`, '']));
    expect(await newest('6.1.0-9-amd64', ['6.1.0-9-amd64', ...leftovers], images)).toBe('6.1.0-9-amd64');
  });

  it.each(['vmlinux', 'Image', 'image', 'kernel'])('also called %s', async name => {
    const files = {
      [`boot/${name}-6.4.0-1-default`]: '',
      [`boot/${name}-6.4.0-1-default.gz`]: '',
      'lib/modules/6.4.0-1-default/x': '',
    };
    expect(await newest('6.4.0-1-default', [], files)).toBe('6.4.0-1-default');
  });
});

describe('in the shell of the simulator', () => {
  it.each([
    ['GRUB', debian(advancedId(OLD), {})],
    [
      'entries in files',
      withKernels(OLD, [OLD, NEW], { files: { ...redHatEntries([OLD, NEW]), 'boot/grub2/grub.cfg': RED_HAT_GRUB } }),
    ],
    ['none', withKernels(OLD, [OLD, NEW])],
  ])('the answer is the same: %s', async (_, root) => {
    const files = Object.fromEntries(Object.entries(root.files ?? {}).map(([path, text]) => [`/${path}`, text]));
    const shell = new Bash({ fs: new InMemoryFs(files), env: { NODETIDE_ROOT: '' } });
    const uname = `uname() { case $1 in -m) echo x86_64 ;; *) echo ${OLD} ;; esac; }\n`;
    const { stdout, stderr } = await shell.exec(uname + KERNELS.text);
    expect(stderr).toBe('');
    expect(parseKernels(stdout)).toEqual(await on(root));
  });
});
