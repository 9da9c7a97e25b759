import type { ChildProcess } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UpgradePolicy } from '../../../shared/domain/policy.ts';
import type { CommandResult, Script } from '../../../shared/ports/host.ts';
import type { VersionLimit } from '../../../shared/ports/packages.ts';
import { type PackageLab, packageLabs } from '../../helpers/package-lab.ts';
import { upgradePolicy } from '../../helpers/plan.ts';
import { hearing } from '../../helpers/run-heard.ts';

const LABS = Object.entries(await packageLabs());

for (const [name, lab] of LABS) {
  if (typeof lab === 'string') process.stdout.write(`not tested here: the real ${name} (${lab})\n`);
}

/** They start programs by the dozen: on a busy machine that takes minutes. */
const LIMIT_MS = 600_000;

/** What every package manager has to do alike, each the real one. */
describe.each(LABS)('%s', { timeout: LIMIT_MS }, (_, open) => {
  let lab: PackageLab;
  let holder: ChildProcess | null = null;
  beforeEach(async context => {
    if (typeof open === 'string') return context.skip(open);
    lab = await open();
  }, LIMIT_MS);
  afterEach(async () => {
    holder?.kill();
    holder = null;
    if (typeof open !== 'string') await lab.end();
  });

  const installed = async (...names: string[]) => {
    for (const name of names) await lab.publish(name, '1.0');
    await lab.install(...names);
  };
  const newer = async (...names: string[]) => {
    for (const name of names) await lab.publish(name, '1.1');
  };
  const ask = async (more: Partial<UpgradePolicy> = {}, limit: VersionLimit | null = null) =>
    lab.run(lab.manager.pendingScript(upgradePolicy(more), limit) as Script);
  const pending = async (more: Partial<UpgradePolicy> = {}, limit: VersionLimit | null = null) => {
    const said = await ask(more, limit);
    expect(said, said.stdout + said.stderr).toMatchObject({ exitCode: 0 });
    return lab.manager.parsePending(said.stdout);
  };
  const upgrade = (more: Partial<UpgradePolicy> = {}, limit: VersionLimit | null = null) =>
    lab.run(lab.manager.upgradeScript(upgradePolicy(more), limit));
  const upgraded = async (more: Partial<UpgradePolicy> = {}, limit: VersionLimit | null = null) => {
    const said = await upgrade(more, limit);
    expect(said, said.stdout + said.stderr).toMatchObject({ exitCode: 0 });
  };
  const why = ({ exitCode, stdout, stderr }: CommandResult) => {
    expect(exitCode, stdout + stderr).not.toBe(0);
    return lab.manager.explain(exitCode, stdout + stderr);
  };
  /** Versions without their release. */
  const versions = async () => {
    const { stdout } = await lab.run(lab.manager.installedScript() as Script);
    const list = [...lab.manager.parseInstalled(stdout)].map(([name, version]) => [name.split('.')[0], bare(version)]);
    return Object.fromEntries(list) as Record<string, string>;
  };
  const bare = (version: string | null) => version?.replace(/-1$/, '') ?? '-';
  const told = ({ changes }: Awaited<ReturnType<typeof pending>>) =>
    changes.map(change => `${change.name} ${bare(change.before)} ${bare(change.after)}`).sort();

  it('finds nothing, then an upgrade, carries it out, then nothing again', async () => {
    await installed('tool');
    expect(await pending()).toEqual({ changes: [], left: [], problems: [] });
    await upgraded();
    await lab.publish('tool', '1.1', { needs: 'fresh' });
    await lab.publish('fresh', '1.0');
    expect(told(await pending())).toEqual([`${lab.named('fresh')} - 1.0`, `${lab.named('tool')} 1.0 1.1`]);
    await upgraded();
    expect(await versions()).toEqual({ fresh: '1.0', tool: '1.1' });
    expect((await pending()).changes).toEqual([]);
  });

  it('leaves and tells of what is protected, excluded, held or kept back', async () => {
    await installed('kubelet', 'tool', 'ruby', 'lib');
    await newer('kubelet', 'tool', 'ruby', 'lib');
    await lab.hold('lib');
    const policy = { protect: ['kube*'], exclude: ['rub?'] };
    const seen = await pending(policy);
    expect(told(seen)).toEqual([`${lab.named('tool')} 1.0 1.1`]);
    expect(
      seen.left.map(({ name, before, available, reason }) => [name, bare(before), bare(available), reason]),
    ).toEqual([
      [lab.named('kubelet'), '1.0', '1.1', 'protected'],
      [lab.named('lib'), '1.0', '1.1', 'held'],
      [lab.named('ruby'), '1.0', '1.1', 'excluded'],
    ]);
    await upgraded(policy);
    expect(await versions()).toEqual({ kubelet: '1.0', lib: '1.0', ruby: '1.0', tool: '1.1' });
    await upgraded();
    expect(await versions()).toEqual({ kubelet: '1.1', lib: '1.0', ruby: '1.1', tool: '1.1' });
  });

  it('security: takes only what mends a hole', async () => {
    await installed('tool', 'lib');
    await newer('tool');
    await lab.publish('lib', '1.1', { security: true });
    expect(told(await pending({ mode: 'security' }))).toEqual([`${lab.named('lib')} 1.0 1.1`]);
    await upgraded({ mode: 'security' });
    expect(await versions()).toEqual({ lib: '1.1', tool: '1.0' });
  });

  it('packages: takes only those named, and installs none anew', async () => {
    await installed('tool', 'lib', 'kubelet');
    await newer('tool', 'lib', 'kubelet', 'toolbox');
    const policy = { mode: 'packages' as const, packages: ['tool*', 'kubelet', 'absent'], protect: ['kubelet'] };
    expect(told(await pending(policy))).toEqual([`${lab.named('tool')} 1.0 1.1`]);
    await upgraded(policy);
    expect(await versions()).toEqual({ kubelet: '1.0', lib: '1.0', tool: '1.1' });
    await upgraded({ mode: 'packages', packages: ['absent'] });
    expect((await versions())['lib']).toBe('1.0');
  });

  it('refuses to remove a package without leave, before anything is changed', async () => {
    await installed('old', 'tool');
    await lab.publish('tool', '1.1', { removes: 'old' });
    const mode = lab.manager.kind === 'apt' ? ({ mode: 'dist-upgrade' } as const) : {};
    const seen = await pending(mode);
    const problem = {
      code: 'packages-removal-refused',
      message: `the upgrade would remove ${lab.named('old')}`,
    };
    expect(seen.problems).toEqual([problem]);
    expect(why(await upgrade(mode))).toMatchObject({ ...problem, retryable: false });
    expect(await versions()).toEqual({ old: '1.0', tool: '1.0' });
    await upgraded({ ...mode, allowRemovals: ['o*'] });
    expect(await versions()).toEqual({ tool: '1.1' });
  });

  /** As earlier stages proved them. */
  const proved = (...packages: readonly string[]) =>
    packages.map(each => {
      const [name = '', version = ''] = each.split(' ');
      return `${lab.named(name)} ${version}${lab.manager.kind === 'apt' ? '' : '-1'}`;
    });

  it('pin: takes the newest version that was proved and can be had, leaves what was not', async () => {
    await installed('tool', 'lib', 'other', 'kubelet');
    await newer('tool', 'other', 'kubelet');
    for (const version of ['1.2', '1.3', '1.4']) await lab.publish('tool', version);
    await lab.publish('lib', '1.2', { needs: 'fresh' });
    await lab.publish('fresh', '1.0');
    const limit = {
      kind: 'pin',
      versions: proved('tool 1.1', 'tool 1.2', 'tool 0.9', 'lib 1.2', 'kubelet 1.1'),
    } as const;
    const policy = { protect: ['kubelet'] };
    const seen = await pending(policy, limit);
    expect(told(seen)).toEqual([`${lab.named('tool')} 1.0 1.2`]);
    expect(seen.problems).toEqual([]);
    expect(seen.left.map(({ name, available, reason }) => [name, bare(available), reason])).toEqual([
      [lab.named('kubelet'), '1.1', 'protected'],
      [lab.named('lib'), '1.2', 'kept-back'],
      [lab.named('other'), '1.1', 'not-proven'],
    ]);
    await upgraded(policy, limit);
    expect(await versions()).toEqual({ kubelet: '1.0', lib: '1.0', other: '1.0', tool: '1.2' });
    expect((await pending(policy, limit)).changes).toEqual([]);
    const withFresh = { kind: 'pin', versions: proved('lib 1.2', 'fresh 1.0') } as const;
    await upgraded(policy, withFresh);
    expect(await versions()).toEqual({ fresh: '1.0', kubelet: '1.0', lib: '1.2', other: '1.0', tool: '1.2' });
  });

  it('block: refuses what came after the look, before anything is changed', async () => {
    await installed('tool', 'lib');
    await newer('tool', 'lib');
    const limit = { kind: 'block', versions: proved('tool 1.1', 'lib 1.1') } as const;
    expect(await pending({}, limit)).toMatchObject({ problems: [] });
    await lab.publish('lib', '1.2');
    const failure = why(await upgrade({}, limit));
    expect(failure).toMatchObject({ code: 'packages-not-proven', retryable: false });
    expect(failure.message).toMatch(/^no earlier stage proved lib(\.noarch)? 1\.2(-1)?$/);
    expect(await versions()).toEqual({ lib: '1.0', tool: '1.0' });
    await upgraded({}, { ...limit, versions: [...limit.versions, ...proved('lib 1.2')] });
    expect(await versions()).toEqual({ lib: '1.2', tool: '1.1' });
  });

  it('names the package whose script failed', async () => {
    await installed('tool', 'lib');
    await newer('lib');
    await lab.publish('tool', '1.1', { fails: true });
    const failure = why(await upgrade());
    expect(failure).toMatchObject({ code: 'packages-set-up-failed', retryable: false });
    expect(failure.message).toMatch(/: tool/);
    expect((await versions())['lib']).toBe('1.1');
  });

  it('waits for the lock, then names who holds it', async () => {
    await installed('tool');
    await newer('tool');
    holder = await lab.lock();
    const held = why(await upgrade());
    expect(held).toMatchObject({ code: 'packages-locked', retryable: true });
    expect(held.message).toContain(`held by process ${holder.pid}`);
    const { heard, seen } = hearing(/held by|locked/);
    const script = lab.manager.upgradeScript(upgradePolicy({ lockWaitMs: 60_000 }));
    const waiting = lab.run(script, heard);
    await seen;
    holder.kill();
    expect(await waiting).toMatchObject({ exitCode: 0 });
    expect(await versions()).toEqual({ tool: '1.1' });
  });

  it('a repository that cannot be reached is no "nothing to do"', async () => {
    await installed('tool');
    await lab.cutOff();
    for (const said of [await ask(), await upgrade()]) {
      expect(why(said)).toMatchObject({
        code: 'packages-repository-unreachable',
        message: expect.stringContaining('127.0.0.1') as string,
        retryable: true,
      });
    }
  });

  it('leaves no file of its own behind', async () => {
    await installed('tool');
    await newer('tool');
    await pending({ protect: ['kube*'] });
    await upgraded({ protect: ['kube*'] });
    const { stdout } = await lab.run({ text: 'ls "$NODETIDE_ROOT/run"', args: [] });
    expect(stdout).not.toContain('nodetide-');
  });
});
