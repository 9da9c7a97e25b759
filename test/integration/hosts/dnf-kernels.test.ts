import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DNF } from '../../../shared/packages/dnf.ts';
import type { Script } from '../../../shared/ports/host.ts';
import { upgradePolicy } from '../../helpers/plan.ts';
import { rpmRoot, rpmTools } from '../../helpers/rpm-root.ts';

const tools = await rpmTools();

it.skipIf(typeof tools === 'string')(
  'dnf: the oldest of many kernels makes room for a new one, which is no removal',
  async () => {
    if (typeof tools === 'string') return;
    const host = await rpmRoot(tools);
    try {
      await appendFile(
        join(host.root, 'etc/dnf/dnf.conf'),
        'installonlypkgs=kernel-core\ninstallonly_limit=3\nprotect_running_kernel=False\n',
      );
      const run = async (script: Script) => {
        const said = await host.run(script);
        expect(said, said.stdout + said.stderr).toMatchObject({ exitCode: 0 });
        return said.stdout;
      };
      for (const version of ['5', '6', '7']) await host.publish('kernel-core', version);
      await run({
        text: 'for each; do dnf -q -y install "$each"; done',
        args: ['5', '6', '7'].map(v => `kernel-core-${v}`),
      });
      await host.publish('kernel-core', '8');
      const pending = DNF.parsePending(await run(DNF.pendingScript(upgradePolicy()) as Script));
      expect(pending).toEqual({
        changes: [{ name: 'kernel-core.noarch', before: null, after: '8-1' }],
        left: [],
        problems: [],
      });
      await run(DNF.upgradeScript(upgradePolicy()));
      const installed = DNF.parseInstalled(await run(DNF.installedScript() as Script));
      expect(installed.get('kernel-core.noarch')).toBe('6-1, 7-1, 8-1');
    } finally {
      await host.end();
    }
  },
  120_000,
);
