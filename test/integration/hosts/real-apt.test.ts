import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UpgradePolicy } from '../../../shared/domain/policy.ts';
import { APT } from '../../../shared/packages/apt.ts';
import type { Script } from '../../../shared/ports/host.ts';
import { type AptRoot, aptRoot, HAS_APT, readBelow } from '../../helpers/apt-root.ts';

const policy: UpgradePolicy = { manager: 'apt', command: '', mode: 'upgrade', lockWaitMs: 1_000 };
const install = (name: string): Script => ({ text: 'apt-get -q update && apt-get -q -y install "$1"', args: [name] });

describe.skipIf(!HAS_APT)('the real apt, on a root of its own', () => {
  let apt: AptRoot;
  beforeEach(async () => {
    apt = await aptRoot();
    await apt.publish('tool', '1.0', { conf: 'a=1\n' });
    expect(await apt.run(install('tool'))).toMatchObject({ exitCode: 0 });
  });
  afterEach(() => apt.end());
  const pending = async () => {
    const script = APT.pendingScript(policy) as Script;
    const said = await apt.run(script);
    expect(said).toMatchObject({ exitCode: 0 });
    return APT.parsePending(said.stdout);
  };

  it('finds nothing, then an upgrade, carries it out, then nothing again', async () => {
    expect(await pending()).toEqual([]);
    await apt.publish('tool', '1.1', { conf: 'a=1\n' });
    expect(await pending()).toEqual([{ name: 'tool', before: '1.0', after: '1.1' }]);
    expect(await apt.run(APT.upgradeScript(policy))).toMatchObject({ exitCode: 0 });
    const { stdout } = await apt.run(APT.installedScript() as Script);
    expect([...APT.parseInstalled(stdout)]).toEqual([['tool', '1.1']]);
    expect(await pending()).toEqual([]);
  });

  it('keeps a configuration file that an administrator changed', async () => {
    await writeFile(join(apt.root, 'etc/tool.conf'), 'a=mine\n');
    await apt.publish('tool', '1.1', { conf: 'a=2\n' });
    expect(await apt.run(APT.upgradeScript(policy))).toMatchObject({ exitCode: 0 });
    expect(await readBelow(apt, 'etc/tool.conf')).toBe('a=mine\n');
  });

  it('a package whose set-up fails is named, stays pending, and is set up by the next run', async () => {
    await apt.publish('tool', '1.1', { postinst: '[ -e "$DPKG_ROOT/mended" ]' });
    const said = await apt.run(APT.upgradeScript(policy));
    expect(said.exitCode).toBe(100);
    expect(APT.explain(100, said.stdout + said.stderr)).toMatchObject({
      code: 'packages-upgrade-failed',
      message: 'packages could not be set up: tool',
    });
    expect((await pending()).map(change => change.before)).toEqual(['not configured']);
    await writeFile(join(apt.root, 'mended'), '');
    expect(await apt.run(APT.upgradeScript(policy))).toMatchObject({ exitCode: 0 });
    expect(await pending()).toEqual([]);
  });

  it('a repository that is gone is a failure of the lists', async () => {
    await writeFile(join(apt.root, 'etc/apt/sources.list'), 'deb [trusted=yes] file:/nowhere ./\n');
    const said = await apt.run(APT.pendingScript(policy) as Script);
    expect(said.exitCode).not.toBe(0);
    expect(APT.explain(said.exitCode, said.stdout + said.stderr).code).toBe('packages-refresh-failed');
  });
});
