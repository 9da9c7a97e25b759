import { describe, expect, it } from 'vitest';
import { isRebootDue } from '../../../services/workers/common/due.ts';
import { NEEDRESTART } from '../../../services/workers/common/reboot-checks/needrestart.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { RebootPolicy } from '../../../shared/domain/policy.ts';
import type { CheckRebootProof, Kernels, RebootEvidence } from '../../../shared/domain/proof.ts';
import type { Script } from '../../../shared/ports/host.ts';
import type { PackageManager } from '../../../shared/ports/packages.ts';
import { type BareRoot, bareRoot } from '../../helpers/bare-root.ts';
import { POLICY, stepWorld } from '../../helpers/step-world.ts';

const RUNS = '6.1.0-1';
const HAS_NEEDRESTART = 'has needrestart needrestart\nend\n';

/** Asks a host with these files and programs, in the way the policy says. */
async function ask(root: BareRoot, reboot: Partial<RebootPolicy> = {}, kernels?: Kernels): Promise<CheckRebootProof> {
  const made = await bareRoot(root);
  const world = stepWorld();
  world.host.kernel = RUNS;
  world.host.run = script => made.run(script);
  const manager = {
    kind: 'apt',
    fits: () => true,
    kernelScript: () => ({ text: ':', args: [] }),
    parseKernels: () => kernels,
  };
  const policy = { ...POLICY, reboot: { ...POLICY.reboot, checks: 'auto' as const, ...reboot } };
  const managers = kernels ? [manager as unknown as PackageManager] : [];
  try {
    return await isRebootDue(world.context({ policy, managers }), await world.host.facts());
  } finally {
    await made.end();
  }
}

const failing = (root: BareRoot, reboot: Partial<RebootPolicy> = {}) => ask(root, reboot).then(() => null, failureOf);
const of = (proof: CheckRebootProof, check: string): RebootEvidence[] =>
  proof.evidence.filter(each => each.check === check);

describe('sentinel files', () => {
  it('say who asked', async () => {
    const files = { 'var/run/reboot-required': '', 'var/run/reboot-required.pkgs': 'linux-base\nlibc6\nlinux-base\n' };
    const proof = await ask({ files }, { sentinelFiles: ['/var/run/reboot-required', '/etc/other'] });
    expect(of(proof, 'sentinel-file')).toEqual([
      {
        check: 'sentinel-file',
        needed: true,
        detail: '/var/run/reboot-required exists, asked for by libc6, linux-base',
        packages: ['libc6', 'linux-base'],
      },
      { check: 'sentinel-file', needed: false, detail: '/etc/other does not exist' },
    ]);
    expect(proof.needed).toBe(true);
  });

  it('are not looked at when the policy names other checks', async () => {
    const files = { 'var/run/reboot-required': '' };
    const kernels = { expected: RUNS, by: 'grub', newest: RUNS };
    const proof = await ask({ files }, { sentinelFiles: ['/var/run/reboot-required'], checks: ['kernel'] }, kernels);
    expect(proof).toMatchObject({ needed: false, evidence: [{ check: 'kernel', needed: false }] });
  });
});

describe('a sentinel command', () => {
  it.each([
    ['exit 0', true],
    ['exit 1', false],
    // The exit code itself counts, not that there is one.
    ['echo all is well; exit 1', false],
  ])('%s', async (sentinelCommand, needed) => {
    const proof = await ask({}, { sentinelCommand });
    expect(proof.needed).toBe(needed);
    expect(of(proof, 'sentinel-command')).toMatchObject([{ needed, exitCode: needed ? 0 : 1 }]);
  });

  it.each(['exit 2', 'exit 127', 'no-such-program'])('%s is a failure, not a "no"', async sentinelCommand => {
    expect(await failing({}, { sentinelCommand })).toMatchObject({ code: 'check-reboot-failed', retryable: true });
  });
});

// What the tools print, from their sources: dnf-plugins-core 4 (plugins/needs_restarting.py), dnf5 (needs_restarting.cpp),
// yum-utils 1.1.31 (needs-restarting.py, early and late), SUSE's wrapper around zypper.
const DNF_YES = `Core libraries or services have been updated since boot-up:
  * glibc
  * kernel-core

Reboot is required to fully utilize these updates.
More information: https://access.redhat.com/solutions/27943`;
const DNF_NO = `No core libraries or services have been updated since boot-up.
Reboot should not be necessary.`;
const YUM_YES = `Core libraries or services have been updated:
  kernel -> 3.10.0-1160.119.1.el7
  systemd -> 219-78.el7_9.9

Reboot is required to ensure that your system benefits from these updates.`;
const YUM_NO = `No core libraries or services have been updated.
Reboot is probably not necessary.`;
const SUSE_YES = `Since the last system boot core libraries or services have been updated.
Reboot is suggested to ensure that your system benefits from these updates.`;
const EARLY_YUM = `1 : /usr/lib/systemd/systemd
\u001b[31m\u001b[1m  Caution!
  Kernel or core library packages have been updated!
  Reboot required!
  See https://access.redhat.com/solutions/27943 for details.`;

const prints = (text: string, exitCode: number, toStderr = false) =>
  `cat <<'SAID'${toStderr ? ' >&2' : ''}\n${text}\nSAID\nexit ${exitCode}`;

describe('needs-restarting', () => {
  it.each([
    ['dnf 4 and 5: due', DNF_YES, 1, true, ['glibc', 'kernel-core']],
    ['dnf 4 and 5: not due', DNF_NO, 0, false, undefined],
    ['yum: due', YUM_YES, 1, true, ['kernel', 'systemd']],
    ['yum: not due', YUM_NO, 0, false, undefined],
    ["SUSE's wrapper: due", SUSE_YES, 1, true, undefined],
    ["SUSE's wrapper: not due", YUM_NO, 0, false, undefined],
    ['early yum-utils say it and end with 0', EARLY_YUM, 0, true, undefined],
  ])('%s', async (_, text, exitCode, needed, packages) => {
    const proof = await ask({ programs: { 'needs-restarting': prints(text, exitCode) } });
    expect(of(proof, 'needs-restarting')).toEqual([
      expect.objectContaining({ needed, exitCode, ...(packages ? { packages } : {}) }),
    ]);
    expect(proof.needed).toBe(needed);
  });

  it.each([
    ['an error of Python', 'Traceback (most recent call last):', 1],
    ['an error of dnf', 'Error: Failed to download metadata for repo', 1],
    ["SUSE's wrapper when zypper is locked", 'System management is locked by the application with pid 7 (zypper).', 1],
    ['not executable', '', 126],
  ])('%s is a failure, not an answer', async (_, text, exitCode) => {
    const failure = await failing({ programs: { 'needs-restarting': prints(text, exitCode, true) } });
    expect(failure).toMatchObject({
      code: 'check-reboot-failed',
      seen: expect.stringContaining(`exit code ${exitCode}`),
    });
    expect(failure?.seen).toContain(text);
  });

  it.each([
    ['dnf', 'usr/lib/python3.9/site-packages/dnf-plugins/needs_restarting.py'],
    ['dnf5', 'usr/lib64/dnf5/plugins/needs_restarting_cmd_plugin.so'],
  ])('without a program of its own: the plugin of %s', async (name, plugin) => {
    const program = `[ "$1" = needs-restarting ] || exit 9\n${prints(DNF_YES, 1)}`;
    const proof = await ask({ files: { [plugin]: '' }, programs: { [name]: program } });
    expect(of(proof, 'needs-restarting')).toMatchObject([{ needed: true }]);
    const without = await ask({ programs: { [name]: program } });
    expect(of(without, 'needs-restarting')).toMatchObject([{ needed: null }]);
  });

  it('is asked in English', async () => {
    const program = `[ "$LC_ALL" = C ] || exit 3\n${prints(DNF_NO, 0)}`;
    expect((await ask({ programs: { 'needs-restarting': program } })).needed).toBe(false);
  });
});

// needrestart 3.6, batch mode (README.batch.md; the codes are constants of its modules Kernel and uCode).
const needrestart = (...lines: string[]) =>
  prints(['NEEDRESTART-VER: 3.6', ...lines.map(line => `NEEDRESTART-${line}`)].join('\n'), 0);
const NEWER = ['KCUR: 6.1.0-1', 'KEXP: 6.1.0-2', 'KSTA: 3'];

describe('needrestart', () => {
  it.each([
    ['a newer kernel', NEWER, true],
    ['another build of the running one', ['KCUR: 6.1.0-1', 'KEXP: 6.1.0-1', 'KSTA: 2'], true],
    ['current', ['KCUR: 6.1.0-1', 'KEXP: 6.1.0-1', 'KSTA: 1'], false],
    ['no kernel found', ['KCUR: 6.1.0-1', 'KSTA: 0'], null],
    ['in a container', [], null],
    ['no kernel found, the microcode is current', ['KCUR: 6.1.0-1', 'KSTA: 0', 'UCSTA: 1'], null],
    [
      'services and containers to restart',
      ['KCUR: 6.1.0-1', 'KEXP: 6.1.0-1', 'KSTA: 1', 'SVC: ssh.service', 'CONT: LXC web1'],
      false,
    ],
    ['microcode is current', ['KSTA: 1', 'UCSTA: 1', 'UCCUR: 0x1', 'UCEXP: 0x1'], false],
  ])('%s', async (_, lines, needed) => {
    const proof = await ask({ programs: { needrestart: needrestart(...lines) } });
    expect(of(proof, 'needrestart')).toMatchObject([{ needed }]);
    expect(proof.needed).toBe(needed === true);
  });

  const firmware = (bootedSeconds: string) => ({
    'lib/firmware/intel-ucode/06-55-04': 'x',
    'proc/stat': `cpu 1 2\nbtime ${bootedSeconds}\nprocesses 9\n`,
  });
  const codes = needrestart('KSTA: 1', 'UCSTA: 2', 'UCCUR: 0x12', 'UCEXP: 0x15');

  it('newer microcode counts if it was installed since the boot: what the last boot did not load, the next does not', async () => {
    const fresh = await ask({ programs: { needrestart: codes }, files: firmware('1') });
    expect(of(fresh, 'needrestart')).toMatchObject([
      { needed: true, detail: expect.stringContaining('0x12 runs, 0x15') },
    ]);
    const old = await ask({ programs: { needrestart: codes }, files: firmware('9999999999') });
    expect(old).toMatchObject({
      needed: false,
      warnings: [expect.stringContaining('0x15 is there since before the boot')],
    });
  });

  it('an early one that knows no -w is asked without', async () => {
    const early = `case "$*" in *-w*) echo "Unknown option: w" >&2; exit 1 ;; esac\n${needrestart(...NEWER)}`;
    expect(of(await ask({ programs: { needrestart: early } }), 'needrestart')).toMatchObject([{ needed: true }]);
  });

  it('that ends badly is a failure', async () => {
    const broken = prints("Can't locate NeedRestart.pm in @INC", 2, true);
    expect(await failing({ programs: { needrestart: broken } })).toMatchObject({ code: 'check-reboot-failed' });
  });

  it.each([
    ['the running one', '6.1.0-1', false],
    ['an older one', '6.0.0-9', false],
    ['a newer one, though not the newest', '6.1.0-1.5', true],
  ])('what it takes for the next kernel does not count when the boot loader starts %s', async (_, expected, needed) => {
    const kernels = { expected, by: 'grub', newest: '6.1.0-2' };
    const proof = await ask({ programs: { needrestart: needrestart(...NEWER) } }, {}, kernels);
    expect(of(proof, 'needrestart')).toMatchObject([{ needed }]);
    expect(proof.needed).toBe(needed);
  });
});

describe('zypper', () => {
  it.each([
    [102, true],
    [0, false],
  ])('exit code %i', async (exitCode, needed) => {
    const proof = await ask({ programs: { zypper: `[ "$2" = needs-rebooting ] && exit ${exitCode}` } });
    expect(of(proof, 'zypper')).toMatchObject([{ needed, exitCode }]);
  });

  it('locked: a failure', async () => {
    expect(await failing({ programs: { zypper: prints('System management is locked', 7, true) } })).toMatchObject({
      code: 'check-reboot-failed',
    });
  });

  it('before 1.14.15: the file that libzypp leaves', async () => {
    const zypper = prints("Unknown command 'needs-rebooting'", 2, true);
    const without = await ask({ programs: { zypper } });
    expect(of(without, 'zypper')).toMatchObject([{ needed: null }]);
    const withFile = await ask({ programs: { zypper }, files: { 'run/reboot-needed': '' } });
    expect(withFile.needed).toBe(true);
  });
});

describe('staged images', () => {
  const deployment = (version: string, more: object = {}) => ({
    version,
    checksum: `f00${version}`,
    booted: false,
    staged: false,
    ...more,
  });
  const rpmOstree = (deployments: object[]) => ({
    files: { 'run/ostree-booted': '' },
    programs: { 'rpm-ostree': prints(JSON.stringify({ deployments, transaction: null }), 0) },
  });
  const bootc = (status: object) => ({ programs: { bootc: prints(JSON.stringify({ kind: 'BootcHost', status }), 0) } });
  const image = (version: string) => ({ image: { image: { image: 'quay.io/x', transport: 'registry' }, version } });
  const snapshots = (next: number, booted: number) => ({
    files: {
      'proc/self/mounts': `proc /proc proc rw 0 0\n/dev/sda3 / btrfs ro,relatime,subvolid=${booted},subvol=/@/.snapshots/${booted}/snapshot 0 0\n/dev/sda3 /var btrfs rw,subvolid=9,subvol=/@/var 0 0\n`,
    },
    programs: {
      'transactional-update': 'exit 9',
      btrfs: `echo "ID ${next} gen 95 top level 258 path @/.snapshots/${next}/snapshot"`,
    },
  });

  it.each<[string, BareRoot, boolean | null, string]>([
    [
      'rpm-ostree, staged',
      rpmOstree([deployment('40.2', { staged: true }), deployment('40.1', { booted: true })]),
      true,
      '40.1 (f0040.1) is booted, the next boot starts 40.2',
    ],
    ['rpm-ostree, none', rpmOstree([deployment('40.1', { booted: true }), deployment('40.0')]), false, '40.1'],
    [
      'rpm-ostree, rolled back',
      rpmOstree([deployment('40.0'), deployment('40.1', { booted: true })]),
      true,
      'starts 40.0',
    ],
    [
      'bootc, staged',
      bootc({ booted: image('9.4'), staged: image('9.5'), rollbackQueued: false }),
      true,
      '9.4 is booted, 9.5 is staged',
    ],
    ['bootc, none', bootc({ booted: image('9.4'), staged: null, rollbackQueued: false }), false, '9.4'],
    [
      'bootc, rollback',
      bootc({ booted: image('9.4'), staged: null, rollback: image('9.3'), rollbackQueued: true }),
      true,
      'rollback',
    ],
    [
      'bootc on a host of packages',
      bootc({ booted: null, staged: null, rollbackQueued: false }),
      null,
      'not booted from an image',
    ],
    ['transactional-update, a new snapshot', snapshots(271, 264), true, 'starts @/.snapshots/271/snapshot'],
    ['transactional-update, none', snapshots(264, 264), false, '/@/.snapshots/264/snapshot is booted'],
  ])('%s', async (_, root, needed, detail) => {
    const proof = await ask(root);
    expect(of(proof, 'staged-image')).toEqual([
      expect.objectContaining({ needed, detail: expect.stringContaining(detail) }),
    ]);
    expect(proof.needed).toBe(needed === true);
  });

  it.each<[string, BareRoot]>([
    ['rpm-ostree that fails', { files: { 'run/ostree-booted': '' }, programs: { 'rpm-ostree': 'exit 1' } }],
    ['rpm-ostree that says half of it', { files: { 'run/ostree-booted': '' }, programs: { 'rpm-ostree': 'echo "{"' } }],
    ['bootc that fails', { programs: { bootc: 'exit 1' } }],
    ['btrfs that fails', { programs: { 'transactional-update': ':', btrfs: 'exit 1' } }],
  ])('%s: a failure', async (_, root) => {
    expect(await failing(root)).toMatchObject({ code: 'check-reboot-failed' });
  });
});

describe('which checks count', () => {
  const files = { 'var/run/reboot-required': '' };
  const sentinelFiles = ['/var/run/reboot-required'];

  it('auto: what the host lacks is evidence for neither', async () => {
    const proof = await ask({});
    expect(proof.evidence.map(({ check, needed }) => [check, needed])).toEqual([
      ['needs-restarting', null],
      ['needrestart', null],
      ['zypper', null],
      ['staged-image', null],
      ['kernel', null],
    ]);
    expect(proof.needed).toBe(false);
  });

  it.each(['needs-restarting', 'needrestart', 'zypper', 'staged-image'] as const)(
    'a named one that is not there is a failure no retry mends: %s',
    async check => {
      expect(await failing({}, { checks: [check] })).toMatchObject({ code: 'check-reboot-missing', retryable: false });
    },
  );

  it('a named one that cannot tell here is one, too', async () => {
    const failure = await failing({ programs: { needrestart: needrestart() } }, { checks: ['needrestart'] });
    expect(failure).toMatchObject({ code: 'check-reboot-missing', seen: expect.stringContaining('cannot tell') });
  });

  it('all: every check that could be asked has to say so', async () => {
    const no = { 'needs-restarting': prints(DNF_NO, 0) };
    const yes = { 'needs-restarting': prints(DNF_YES, 1) };
    const all = { match: 'all' as const, sentinelFiles };
    expect((await ask({ files, programs: no }, all)).needed).toBe(false);
    expect((await ask({ files, programs: yes }, all)).needed).toBe(true);
    expect((await ask({ files }, all)).needed).toBe(true);
    // Nothing could be asked: nobody said so.
    expect((await ask({}, { match: 'all' })).needed).toBe(false);
    expect((await ask({}, { match: 'all', when: 'always' })).needed).toBe(true);
    const two = { match: 'all' as const, sentinelFiles: [...sentinelFiles, '/other'] };
    expect((await ask({ files }, two)).needed).toBe(true);
  });

  it('one that hangs is a failure, and named', async () => {
    const world = stepWorld();
    const hangs = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    world.host.run = (script: Script, signal: AbortSignal) =>
      script === NEEDRESTART ? hangs(signal) : Promise.resolve({ exitCode: 0, stdout: HAS_NEEDRESTART, stderr: '' });
    const reboot = { ...POLICY.reboot, checks: ['needrestart' as const], checkTimeoutMs: 20 };
    const context = world.context({ policy: { ...POLICY, reboot } });
    const failure = await isRebootDue(context, await world.host.facts()).catch(failureOf);
    expect(failure).toMatchObject({ code: 'check-reboot-failed', message: expect.stringContaining('needrestart') });
    expect(failure).toMatchObject({ seen: expect.stringContaining('no answer within 0.02 s') });
  });

  it('an answer that was cut short is none', async () => {
    const world = stepWorld();
    world.host.answer = () => ({ exitCode: 0, stdout: 'file no /x\n', stderr: '' });
    const facts = await world.host.facts();
    expect(await isRebootDue(world.context(), facts).catch(failureOf)).toMatchObject({ code: 'check-reboot-failed' });
  });
});
