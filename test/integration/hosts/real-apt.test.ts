import type { ChildProcess } from 'node:child_process';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UpgradePolicy } from '../../../shared/domain/policy.ts';
import { APT } from '../../../shared/packages/apt.ts';
import type { Script } from '../../../shared/ports/host.ts';
import { type AptRoot, aptRoot, HAS_APT, readBelow } from '../../helpers/apt-root.ts';
import { holdLock } from '../../helpers/package-lab.ts';
import { upgradePolicy } from '../../helpers/plan.ts';
import { hearing } from '../../helpers/run-heard.ts';

const text = (command: string, ...args: string[]): Script => ({ text: command, args });

describe.skipIf(!HAS_APT)('the real apt, on a root of its own', () => {
  let apt: AptRoot;
  beforeEach(async () => {
    apt = await aptRoot();
  });
  afterEach(() => apt.end());

  const install = async (...names: string[]) => {
    for (const name of names) await apt.publish(name, '1.0', { conf: 'a=1\n' });
    const said = await apt.run(text('apt-get -q update && apt-get -q -y install "$@"', ...names));
    expect(said).toMatchObject({ exitCode: 0 });
  };
  const newer = async (...names: string[]) => {
    for (const name of names) await apt.publish(name, '1.1', { conf: 'a=1\n' });
  };
  const pending = async (more: Partial<UpgradePolicy> = {}) => {
    const said = await apt.run(APT.pendingScript(upgradePolicy(more)) as Script);
    expect(said).toMatchObject({ exitCode: 0 });
    return APT.parsePending(said.stdout);
  };
  const upgrade = (more: Partial<UpgradePolicy> = {}) => apt.run(APT.upgradeScript(upgradePolicy(more)));
  const versions = async () => {
    const { stdout } = await apt.run(APT.installedScript() as Script);
    return Object.fromEntries(APT.parseInstalled(stdout));
  };
  const why = (said: { exitCode: number; stdout: string; stderr: string }) =>
    APT.explain(said.exitCode, said.stdout + said.stderr);

  /** An upgrade that waits for the holder of a lock, who is then gone. */
  const released = async (holder: ChildProcess, before = async () => {}) => {
    const { heard, seen } = hearing(/^nodetide waits: .*Could not get lock .* It is held by process/m);
    const waiting = apt.run(APT.upgradeScript(upgradePolicy({ lockWaitMs: 60_000 })), heard);
    await Promise.race([seen, waiting]);
    await before();
    holder.kill();
    return waiting;
  };

  it('leaves and tells of what is protected, excluded, held or kept back', async () => {
    await install('kubelet', 'tool', 'ruby', 'lib', 'more');
    await apt.run(text('apt-mark hold lib'));
    await newer('kubelet', 'tool', 'ruby', 'lib');
    await apt.publish('more', '1.1', { control: ['Depends: lib (>= 1.1)'] });
    const policy = { protect: ['kube*'], exclude: ['rub?'] };
    const seen = await pending(policy);
    expect(seen.changes).toEqual([{ name: 'tool', before: '1.0', after: '1.1' }]);
    expect(seen.left.map(({ name, before, available, reason }) => [name, before, available, reason])).toEqual([
      ['kubelet', '1.0', '1.1', 'protected'],
      ['lib', '1.0', '1.1', 'held'],
      ['more', '1.0', '1.1', 'kept-back'],
      ['ruby', '1.0', '1.1', 'excluded'],
    ]);
    expect(await upgrade(policy)).toMatchObject({ exitCode: 0 });
    expect(await versions()).toEqual({ kubelet: '1.0', lib: '1.0', more: '1.0', ruby: '1.0', tool: '1.1' });
    expect((await apt.run(text('apt-mark showhold'))).stdout).toBe('lib\n');
  });

  it("protects also what the host's own preferences would have upgraded", async () => {
    await install('kubelet');
    await newer('kubelet');
    const own = 'Package: kubelet\nPin: version *\nPin-Priority: 1001\n';
    await writeFile(join(apt.root, 'etc/apt/preferences'), own);
    await writeFile(join(apt.root, 'etc/apt/preferences.d/more'), own);
    expect(await upgrade({ protect: ['kubelet'] })).toMatchObject({ exitCode: 0 });
    expect(await versions()).toEqual({ kubelet: '1.0' });
    expect(await upgrade()).toMatchObject({ exitCode: 0 });
    expect(await versions()).toEqual({ kubelet: '1.1' });
  });

  it.each([
    ['keep', 'a=mine\n'],
    ['replace', 'a=2\n'],
  ] as const)('configuration files that were changed: %s', async (configFiles, is) => {
    await install('tool');
    await writeFile(join(apt.root, 'etc/tool.conf'), 'a=mine\n');
    await apt.publish('tool', '1.1', { conf: 'a=2\n' });
    expect(await upgrade({ configFiles })).toMatchObject({ exitCode: 0 });
    expect(await readBelow(apt, 'etc/tool.conf')).toBe(is);
  });

  it('all: rather keeps a package back than removes another', async () => {
    await install('old', 'tool');
    await apt.publish('tool', '1.1', { control: ['Conflicts: old'] });
    const seen = await pending();
    expect([seen.changes, seen.problems]).toEqual([[], []]);
    expect(seen.left).toEqual([{ name: 'tool', before: '1.0', available: '1.1', reason: 'kept-back' }]);
  });

  it('sees beforehand that the space will not do', async () => {
    await install('tool');
    await apt.publish('tool', '1.1', { control: ['Installed-Size: 900000000000'] });
    const { problems } = await pending();
    expect(problems).toEqual([
      { code: 'packages-no-space', message: expect.stringMatching(/ MB free, the upgrade needs 92\d{7} MB there$/) },
    ]);
    expect(why(await upgrade())).toMatchObject({ code: 'packages-no-space', retryable: false });
    expect(await versions()).toEqual({ tool: '1.0' });
  });

  it('a package whose set-up fails is named, stays pending, and is set up by the next run', async () => {
    await install('tool');
    await apt.publish('tool', '1.1', { postinst: '[ -e "$DPKG_ROOT/mended" ]' });
    const said = await upgrade();
    expect(said.exitCode).toBe(100);
    expect(why(said)).toMatchObject({
      code: 'packages-set-up-failed',
      message: 'packages could not be set up: tool',
    });
    expect((await pending()).changes.map(change => change.before)).toEqual(['not configured']);
    await writeFile(join(apt.root, 'mended'), '');
    expect(await upgrade()).toMatchObject({ exitCode: 0 });
    expect((await pending()).changes).toEqual([]);
  });

  it('upgrades nothing when what protects cannot be written down', async () => {
    await install('tool');
    await newer('tool');
    const full = join(apt.root, 'run/full');
    await symlink('/dev/full', full);
    await writeFile(join(apt.root, '../mktemp'), `#!/bin/sh\necho '${full}'\n`, { mode: 0o755 });
    const said = await upgrade({ protect: ['tool'] });
    expect(said.exitCode).not.toBe(0);
    expect(why(said)).toMatchObject({
      code: 'host-disk-full',
      message: `the preferences of this call cannot be written to ${full}`,
    });
    expect(await versions()).toEqual({ tool: '1.0' });
  });

  it('names what dependencies are broken', async () => {
    await install('tool');
    await apt.publish('half', '1.0', { control: ['Depends: absent'] });
    await apt.run(text('dpkg --force-depends -i "$1"', join(apt.root, '../main/half_1.0.deb')));
    await newer('tool');
    const said = await upgrade();
    expect(why(said)).toMatchObject({
      code: 'packages-dependencies-broken',
      message: expect.stringContaining('half Depends: absent') as string,
    });
    expect((await versions())['tool']).toBe('1.0');
  });

  it('ends what an interrupted dpkg has left', async () => {
    await install('tool');
    await newer('tool');
    await apt.run(text('dpkg --unpack "$1"', join(apt.root, '../main/tool_1.1.deb')));
    await writeFile(join(apt.root, 'var/lib/dpkg/updates/0000'), await readBelow(apt, 'var/lib/dpkg/status'));
    expect((await pending()).changes).toEqual([{ name: 'dpkg', before: 'interrupted', after: 'repaired' }]);
    expect(await upgrade()).toMatchObject({ exitCode: 0 });
    expect(await versions()).toEqual({ tool: '1.1' });
  });

  it.each(['var/lib/dpkg/lock-frontend', 'var/lib/apt/lists/lock'])(
    'waits for %s, then names who holds it',
    async file => {
      await install('tool');
      await newer('tool');
      const holder = await holdLock(join(apt.root, file));
      await writeFile(join(apt.root, 'etc/apt/apt.conf.d/own'), 'DPkg::Lock::Timeout "-1";\n');
      for (const lockWaitMs of [0, 2000]) {
        const held = why(await upgrade({ lockWaitMs }));
        expect(held).toMatchObject({ code: 'packages-locked', retryable: true });
        expect(held.message).toContain(`${file} is held by process ${holder.pid}`);
      }
      expect(await released(holder)).toMatchObject({ exitCode: 0 });
      expect(await versions()).toEqual({ tool: '1.1' });
    },
  );

  it('judges nothing by what it saw while it waited', async () => {
    await install('tool');
    await apt.publish('tool', '1.1', { postinst: 'exit 3' });
    const holder = await holdLock(join(apt.root, 'var/lib/dpkg/lock-frontend'));
    // What a dpkg that is at work leaves there for a moment.
    const update = join(apt.root, 'var/lib/dpkg/updates/0000');
    await writeFile(update, '');
    const said = await released(holder, () => rm(update));
    expect(why(said)).toMatchObject({ code: 'packages-set-up-failed', retryable: false });
    expect(said.stdout).not.toContain('dpkg was interrupted');
  });

  it.each([
    ['a dpkg at work', () => writeFile(join(apt.root, 'var/lib/dpkg/updates/0000'), '')],
    ['a removal', () => apt.publish('tool', '1.1', { control: ['Conflicts: old'] })],
  ])('says beforehand nothing of what it saw while somebody else is at work: %s', async (_, seen) => {
    await install('old', 'tool');
    await seen();
    const holder = await holdLock(join(apt.root, 'var/lib/dpkg/lock-frontend'));
    const script = APT.pendingScript(upgradePolicy({ mode: 'dist-upgrade' })) as Script;
    expect(why(await apt.run(script))).toMatchObject({ code: 'packages-locked', retryable: true });
    holder.kill();
  });

  it('a package that asks for a reboot leaves the sentinel', async () => {
    await install('tool');
    await mkdir(join(apt.root, 'var/run'), { recursive: true });
    await apt.publish('tool', '1.1', { postinst: 'echo due >"$DPKG_ROOT/var/run/reboot-required"' });
    expect(await upgrade()).toMatchObject({ exitCode: 0 });
    expect(await readBelow(apt, 'var/run/reboot-required')).toBe('due\n');
  });

  it('a repository that is gone, or whose lists are not what they should be', async () => {
    await install('tool');
    const sources = await readBelow(apt, 'etc/apt/sources.list');
    await writeFile(join(apt.root, 'etc/apt/sources.list'), 'deb [trusted=yes] http://127.0.0.1:1/gone ./\n');
    const gone = await apt.run(APT.pendingScript(upgradePolicy()) as Script);
    expect(why(gone)).toMatchObject({
      code: 'packages-repository-unreachable',
      message: expect.stringContaining('http://127.0.0.1:1/gone') as string,
    });
    await writeFile(join(apt.root, 'etc/apt/sources.list'), sources);
    await newer('tool');
    await writeFile(join(apt.root, '../main/Packages'), 'Package: other\n');
    const torn = await apt.run(APT.pendingScript(upgradePolicy()) as Script);
    expect(why(torn).code).toBe('packages-refresh-failed');
  });
});
