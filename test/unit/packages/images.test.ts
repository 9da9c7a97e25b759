import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { UpgradePolicy } from '../../../shared/domain/policy.ts';
import { PACKAGE_MANAGERS } from '../../../shared/packages/managers.ts';
import { RPM_OSTREE } from '../../../shared/packages/rpm-ostree.ts';
import { TRANSACTIONAL_UPDATE } from '../../../shared/packages/transactional.ts';
import type { HostFacts, Script } from '../../../shared/ports/host.ts';
import type { VersionLimit } from '../../../shared/ports/packages.ts';
import { upgradePolicy } from '../../helpers/plan.ts';
import { runRecorded } from '../../helpers/recorded-tools.ts';

/** What the real tools once said: see the README beside them. */
const recorded = (name: string) => readFileSync(new URL(`../../fixtures/images/${name}`, import.meta.url), 'utf8');
const say = (text: string, exitCode = 0) => `cat <<'SAID'\n${text.trimEnd()}\nSAID\nexit ${exitCode}\n`;
const NEW = '20.3.0-20201026.9c1f6ed.fc33';
const MESA = ['dri-drivers', 'filesystem', 'libEGL-devel', 'libGL', 'libOSMesa', 'libglapi', 'vulkan-drivers'];
const mesa = MESA.map(name => ({ name: `mesa-${name}`, before: '20.2.1-2.fc33', after: NEW }));
const STAGED = (text: string) =>
  `ostree diff commit from: booted deployment (55)\nostree diff commit to:   pending deployment (85)\n${text}`;

/** rpm-ostree of a host: how its verbs answer. */
const ostree = (verbs: { preview?: string; upgrade?: string; diff?: string }) => ({
  'rpm-ostree': `case "$*" in
  'upgrade --preview') ${verbs.preview ?? say('No updates available.', 77)} ;;
  upgrade) ${verbs.upgrade ?? 'exit 0'} ;;
  'db diff') ${verbs.diff ?? say('error: No pending or rollback deployment to diff against', 1)} ;;
  'status --booted') echo '                   Version: 33.20201026.0 (2020-10-26T00:44:58Z)' ;;
esac`,
  rpm: say(' i\tmesa-libGL\t20.2.1-2.fc33\n i\tbash\t5.0.17-2.fc33\n i\told\t1-1'),
});
const PREVIEW = say(recorded('rpm-ostree-preview.txt'));
const CHANGED = recorded('rpm-ostree-preview.txt').replace(/^[\s\S]*AvailableUpdate:\n/, '');

describe('rpm-ostree (recorded outputs)', () => {
  const pending = async (tools: Record<string, string>, more: Partial<UpgradePolicy> = {}, limit?: VersionLimit) => {
    const said = await runRecorded(tools, RPM_OSTREE.pendingScript(upgradePolicy(more), limit) as Script);
    expect(said, said.stdout + said.stderr).toMatchObject({ exitCode: 0 });
    return RPM_OSTREE.parsePending(said.stdout);
  };
  const upgrade = async (tools: Record<string, string>, more: Partial<UpgradePolicy> = {}, limit?: VersionLimit) => {
    const said = await runRecorded(tools, RPM_OSTREE.upgradeScript(upgradePolicy(more), limit));
    return { ...said, ran: said.calls.filter(call => !/preview|status|db diff|^rpm /.test(call)) };
  };
  const why = ({ exitCode, stdout, stderr }: { exitCode: number; stdout: string; stderr: string }) =>
    RPM_OSTREE.explain(exitCode, stdout + stderr);

  it('nothing to upgrade is no failure, and starts nothing', async () => {
    expect(await pending(ostree({}))).toEqual({ changes: [], left: [], problems: [] });
    expect(await upgrade(ostree({}))).toMatchObject({ exitCode: 0, ran: [] });
  });

  it('tells what an upgrade would bring, then stages it', async () => {
    expect((await pending(ostree({ preview: PREVIEW }))).changes).toEqual(mesa);
    const said = await upgrade(ostree({ preview: PREVIEW, diff: say(STAGED(CHANGED)) }));
    expect(said).toMatchObject({ exitCode: 0, ran: ['rpm-ostree upgrade'] });
  });

  it('reads packages that are new', async () => {
    const { changes } = await pending(ostree({ preview: say(recorded('rpm-ostree-added.txt')) }));
    expect(changes).toEqual([
      { name: 'bsdtar', before: null, after: '3.3.3-2.fc29' },
      { name: 'ruby', before: null, after: '2.5.3-100.fc29' },
      { name: 'ruby-irb', before: null, after: '2.5.3-100.fc29' },
      { name: 'rubygem-domain_name', before: null, after: '0.5.20180417-2.fc29' },
    ]);
  });

  it('an image whose packages are not told yet is a change all the same', async () => {
    const preview = say('AvailableUpdate:\n        Version: 33.20201103.0 (2020-11-03T00:44:58Z)\n   Total layers: 66');
    const change = { name: 'system image', before: '33.20201026.0', after: '33.20201103.0' };
    expect((await pending(ostree({ preview }))).changes).toEqual([change]);
  });

  it.each<[string, Partial<UpgradePolicy>, string, string]>([
    [
      'a protected package',
      { protect: ['mesa-libGL*'] },
      'packages-image-whole',
      'would change mesa-libGL (protected)',
    ],
    [
      'an excluded one',
      { exclude: ['*filesystem'] },
      'packages-image-whole',
      'would change mesa-filesystem (excluded)',
    ],
    ['mode security', { mode: 'security' }, 'packages-mode-unsupported', 'mode security'],
    ['mode packages', { mode: 'packages', packages: ['mesa*'] }, 'packages-mode-unsupported', 'mode packages'],
  ])('refuses %s before anything is staged', async (_, policy, code, words) => {
    const problem = { code, message: expect.stringContaining(words) as string };
    expect((await pending(ostree({ preview: PREVIEW }), policy)).problems).toEqual([problem]);
    const said = await upgrade(ostree({ preview: PREVIEW }), policy);
    expect([why(said), said.ran]).toEqual([expect.objectContaining(problem), []]);
  });

  it('a removal needs leave, as everywhere', async () => {
    const preview = say('AvailableUpdate:\n        Removed: old-thing-2:1.1-1.x86_64');
    const { changes, problems } = await pending(ostree({ preview }));
    expect(changes).toEqual([{ name: 'old-thing', before: '2:1.1-1', after: null }]);
    expect(problems.map(each => each.code)).toEqual(['packages-removal-refused']);
    expect((await pending(ostree({ preview }), { allowRemovals: ['*'] })).problems).toEqual([]);
  });

  it.each(['block', 'pin'] as const)('%s: an image with what no earlier stage proved is refused', async kind => {
    const versions = mesa.slice(1).map(({ name, after }) => `${name} ${after}`);
    const said = await upgrade(ostree({ preview: PREVIEW }), {}, { kind, versions });
    expect(why(said)).toMatchObject({
      code: 'packages-not-proven',
      message: `no earlier stage proved mesa-dri-drivers ${NEW}`,
    });
    expect(said.ran).toEqual([]);
    const all = mesa.map(({ name, after }) => `${name} ${after}`);
    const staged = ostree({ preview: PREVIEW, diff: say(STAGED(CHANGED)) });
    expect(await upgrade(staged, {}, { kind, versions: all })).toMatchObject({ exitCode: 0 });
  });

  it('takes back what was staged and is not what was looked at', async () => {
    const more = STAGED(`${CHANGED}        Removed: kernel-core-5.8-1.x86_64\n`);
    const said = await upgrade(ostree({ preview: PREVIEW, diff: say(more) }));
    expect(why(said)).toMatchObject({ code: 'packages-removal-refused' });
    expect(said.ran).toEqual(['rpm-ostree upgrade', 'rpm-ostree cleanup --pending']);
  });

  it('lists the packages of the image that comes next', async () => {
    const installed = async (diff?: string) => {
      const { stdout } = await runRecorded(ostree(diff ? { diff } : {}), RPM_OSTREE.installedScript() as Script);
      return Object.fromEntries(RPM_OSTREE.parseInstalled(stdout));
    };
    const now = { bash: '5.0.17-2.fc33', 'mesa-libGL': '20.2.1-2.fc33', old: '1-1' };
    expect(await installed()).toEqual(now);
    // Without a staged image the difference is that to the image before.
    const rollback =
      'ostree diff commit from: rollback deployment (1)\nostree diff commit to:   booted deployment (2)\n';
    expect(await installed(say(`${rollback}Removed:\n  bash-5.0.17-2.fc33.x86_64`))).toEqual(now);
    const next = say(STAGED(`Upgraded:\n  mesa-libGL 20.2.1-2.fc33 -> ${NEW}\nRemoved:\n  old-1-1.x86_64`));
    expect(await installed(next)).toEqual({ bash: now.bash, 'mesa-libGL': NEW });
  });

  it('knows which deployment runs and which is next', () => {
    expect(RPM_OSTREE.parseImages?.(recorded('rpm-ostree-status.json'))).toEqual({
      booted: {
        id: '551647113bff576a61185a056d7d2359751eac87375f2668955805e404cc6627.0',
        name: '38.20230414.n.0 (551647113b)',
      },
      next: {
        id: '8523da044806b21d28963a07c3e21e01d9a00dfeb76d4dbcdb582e8b3bf4d7b2.0',
        name: '38.20230414.n.0 (8523da0448)',
      },
    });
    for (const text of ['', '{', '{"deployments":[]}', '{"deployments":[{"booted":false}]}'])
      expect(RPM_OSTREE.parseImages?.(text)).toBeNull();
  });

  it.each([
    [recorded('rpm-ostree-transaction.txt'), 'packages-locked', true],
    [
      "error: Updates and deployments are driven by Zincati (zincati.service)\nSee Zincati's documentation\n",
      'packages-image-driver',
      false,
    ],
    [
      'error: While pulling fedora: Could not resolve host: ostree.fedoraproject.org\n',
      'packages-repository-unreachable',
      true,
    ],
    [
      "error: Writing content object: min-free-space-percent '3%' would be exceeded, at least 13.3 kB requested\n",
      'packages-no-space',
      false,
    ],
    ['error: something else\n', 'packages-upgrade-failed', false],
  ])('explains %j: %s', (log, code, retryable) => {
    expect(RPM_OSTREE.explain(1, log)).toMatchObject({ code, retryable });
  });
});

describe('transactional-update (recorded outputs)', () => {
  const XML = (before: string, after: string) =>
    `<to-upgrade>\n<solvable type="package" name="tool" edition="${after}" arch="noarch" edition-old="${before}"></solvable>\n`;
  const tools = (updating: string, dryRun = XML('1.0-1', '1.1-1')) => ({
    zypper: `case " $* " in\n*--dry-run*) ${say(dryRun)} ;;\nesac`,
    rpm: 'case "$*" in *NAME}*) echo tool ;; esac',
    'transactional-update': updating,
  });
  const UP = say(recorded('transactional-up.txt'));
  const upgrade = async (
    using: Record<string, string>,
    more: Partial<UpgradePolicy> = {},
    files: Record<string, string> = {},
  ) => {
    const said = await runRecorded(using, TRANSACTIONAL_UPDATE.upgradeScript(upgradePolicy(more)), files);
    return { ...said, ran: said.calls.filter(call => call.startsWith('transactional-update')) };
  };

  it('tells what an upgrade would bring by the dry run of zypper', async () => {
    const script = TRANSACTIONAL_UPDATE.pendingScript(upgradePolicy()) as Script;
    const said = await runRecorded(tools('exit 9'), script);
    expect(TRANSACTIONAL_UPDATE.parsePending(said.stdout)).toEqual({
      changes: [{ name: 'tool.noarch', before: '1.0-1', after: '1.1-1' }],
      left: [],
      problems: [],
    });
    expect(said.calls.filter(call => !call.startsWith('zypper'))).toEqual([]);
  });

  it.each<[Partial<UpgradePolicy>, Record<string, string>, string]>([
    [{}, {}, 'up'],
    [{}, { 'usr/etc/transactional-update.conf': 'UPDATE_METHOD=dup\n' }, 'dup'],
    [
      {},
      {
        'usr/etc/transactional-update.conf': 'UPDATE_METHOD=dup\n',
        'etc/transactional-update.conf': '# own\nUPDATE_METHOD="up"\nREBOOT_METHOD=rebootmgr\n',
      },
      'up',
    ],
    [{ mode: 'dist-upgrade' }, {}, 'dup'],
    [{ mode: 'packages', packages: ['to*'] }, {}, 'pkg update tool'],
  ])('%j with the settings %j: %s, on top of what is staged, and never a reboot', async (policy, files, verb) => {
    const said = await upgrade(tools(UP), policy, files);
    expect(said).toMatchObject({
      exitCode: 0,
      ran: [`transactional-update --non-interactive --continue ${verb}`.trim()],
    });
    expect(said.stdout).toContain('New default snapshot is #6');
  });

  it('nothing to upgrade starts nothing; nothing found after all is no failure', async () => {
    expect(await upgrade(tools(UP, '<stream>'))).toMatchObject({ exitCode: 0, ran: [] });
    expect(await upgrade(tools(say(recorded('transactional-nothing.txt'))))).toMatchObject({ exitCode: 0 });
  });

  it.each<[Partial<UpgradePolicy>, string]>([
    [{ protect: ['tool'] }, 'packages-image-whole'],
    [{ mode: 'security' }, 'packages-mode-unsupported'],
  ])('refuses %j before anything is changed', async (policy, code) => {
    const said = await upgrade(tools(UP), policy);
    expect(TRANSACTIONAL_UPDATE.explain(said.exitCode, said.stdout)).toMatchObject({ code });
    expect(said.ran).toEqual([]);
  });

  it.each([
    [recorded('transactional-failed.txt'), 'packages-upgrade-failed', 'failed with exit code 4'],
    ["Couldn't get lock, is another instance already running?\n", 'packages-locked', 'lock of transactional-update'],
    [
      'warning: %post(ghostscript-9.52-2.2.x86_64) scriptlet failed, exit status 2\nERROR: zypper dup on /.snapshots/5/snapshot failed with exit code 107!\n',
      'packages-set-up-failed',
      'ghostscript-9.52-2.2.x86_64',
    ],
  ])('explains %j: %s', (log, code, words) => {
    expect(TRANSACTIONAL_UPDATE.explain(1, log)).toMatchObject({
      code,
      message: expect.stringContaining(words) as string,
    });
  });

  const btrfs = (number: number) => ({
    btrfs: say(`ID 267 gen 1234 top level 256 path @/.snapshots/${number}/snapshot`),
  });
  const mounts = { 'proc/mounts': `rootfs / rootfs rw 0 0\n${recorded('mounts.txt')}` };

  it('knows which snapshot runs and which is next', async () => {
    const script = TRANSACTIONAL_UPDATE.imageScript?.() as Script;
    const { stdout } = await runRecorded(btrfs(6), script, mounts);
    const snapshot = (id: string) => ({ id, name: `snapshot ${id}` });
    expect(TRANSACTIONAL_UPDATE.parseImages?.(stdout)).toEqual({ booted: snapshot('3'), next: snapshot('6') });
    expect(TRANSACTIONAL_UPDATE.parseImages?.((await runRecorded(btrfs(6), script)).stdout)).toBeNull();
  });

  it('lists the packages of the snapshot that comes next', async () => {
    const rpm = 'case "$*" in --eval*) echo /usr/lib/sysimage/rpm ;; esac';
    const asked = async (next: number) => {
      const script = TRANSACTIONAL_UPDATE.installedScript() as Script;
      return (await runRecorded({ ...btrfs(next), rpm }, script, mounts)).calls.at(-1);
    };
    expect(await asked(3)).toMatch(/^rpm -qa /);
    expect(await asked(6)).toMatch(/^rpm --dbpath \/\.snapshots\/6\/snapshot\/usr\/lib\/sysimage\/rpm -qa /);
  });
});

describe('found by looking at the host', () => {
  const os = { id: 'fedora', versionId: '40', prettyName: 'Fedora' };
  const facts = (more: Partial<HostFacts>) => ({ os, ...more }) as HostFacts;
  const found = (more: Partial<HostFacts>) => PACKAGE_MANAGERS.find(manager => manager.fits(facts(more)))?.kind;

  it.each<[Partial<HostFacts>, string]>([
    [{}, 'dnf'],
    [{ imageTool: 'rpm-ostree' }, 'rpm-ostree'],
    [{ os: { ...os, id: 'opensuse-microos' }, imageTool: 'transactional-update' }, 'transactional-update'],
    [{ os: { ...os, id: 'opensuse-leap' } }, 'zypper'],
  ])('%j: %s', (more, kind) => expect(found(more)).toBe(kind));
});
