import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { isRebootDue } from '../../../services/workers/common/due.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { RebootCheckName } from '../../../shared/domain/policy.ts';
import type { CommandResult, Script } from '../../../shared/ports/host.ts';
import { debianTools } from '../../helpers/debian-tools.ts';
import { rpmRoot, rpmTools } from '../../helpers/rpm-root.ts';
import { runHeard } from '../../helpers/run-heard.ts';
import { POLICY, stepWorld } from '../../helpers/step-world.ts';

/** The real tools, unpacked from the distribution's packages; a text says why they are not to be had here. */
const TOOLS = {
  dnf: await debianTools('dnf-plugins-1', ['dnf', 'createrepo-c', 'rpm', 'dnf-plugins-core']),
  zypper: await rpmTools(),
  needrestart: await debianTools('needrestart-1', ['needrestart']),
};

/** Whether namespaces of one's own may be made here. */
const MAY_UNSHARE = (() => {
  try {
    execFileSync('unshare', ['-p', '-f', '-m', '--mount-proc', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** Asks by one check, running what is asked in this way. */
async function askBy(check: RebootCheckName, run: (script: Script) => Promise<CommandResult>) {
  const world = stepWorld();
  world.host.run = script => run(script);
  const policy = { ...POLICY, reboot: { ...POLICY.reboot, checks: [check], checkTimeoutMs: 120_000 } };
  const proof = await isRebootDue(world.context({ policy }), await world.host.facts());
  return proof.evidence.find(each => each.check === check);
}

/** The script in a process namespace of its own: its process 1 was born just now, as after a boot. */
const justBooted = ({ text, args }: Script): Script => ({
  text: 'exec unshare -p -f --mount-proc sh -c "$@"',
  args: [text, 'sh', ...args],
});

it('dnf needs-restarting: due for what was installed since the boot, and no more after one', async context => {
  const { dnf } = TOOLS;
  if (typeof dnf === 'string') return context.skip(dnf);
  const root = await rpmRoot(dnf);
  try {
    const plugin = join(root.root, 'usr/lib/python3.9/site-packages/dnf-plugins/needs_restarting.py');
    await mkdir(dirname(plugin), { recursive: true });
    await writeFile(plugin, '');
    await root.publish('tool', '1.0');
    await root.publish('glibc', '2.34');
    await root.run({ text: 'dnf -y install tool', args: [] });
    expect(await askBy('needs-restarting', root.run)).toMatchObject({ needed: false, exitCode: 0 });
    await root.run({ text: 'dnf -y install glibc', args: [] });
    expect(await askBy('needs-restarting', root.run)).toMatchObject({ needed: true, exitCode: 1, packages: ['glibc'] });
    if (MAY_UNSHARE)
      expect(await askBy('needs-restarting', script => root.run(justBooted(script)))).toMatchObject({ needed: false });
    // It ends with 1 for errors of its own, too.
    await writeFile(join(root.dir, 'root/etc/dnf/dnf.conf'), 'nonsense\n');
    const failure = await askBy('needs-restarting', root.run).catch(failureOf);
    expect(failure).toMatchObject({ code: 'check-reboot-failed', seen: expect.stringContaining('exit code 1') });
  } finally {
    await root.end();
  }
});

it('zypper needs-rebooting, and the needs-restarting of SUSE', async context => {
  const { zypper } = TOOLS;
  if (typeof zypper === 'string') return context.skip(zypper);
  const root = await rpmRoot(zypper);
  try {
    expect(await askBy('zypper', root.run)).toMatchObject({ needed: false, exitCode: 0 });
    expect(await askBy('needs-restarting', root.run)).toMatchObject({ needed: false, exitCode: 0 });
    await writeFile(join(root.root, 'run/reboot-needed'), '');
    expect(await askBy('zypper', root.run)).toMatchObject({ needed: true, exitCode: 102 });
    expect(await askBy('needs-restarting', root.run)).toMatchObject({ needed: true, exitCode: 1 });
  } finally {
    await root.end();
  }
});

/** A kernel image as far as needrestart reads it on x86: the version string that the boot header points to. */
function kernelImage(version: string): Buffer {
  const image = Buffer.alloc(1_100_000);
  image.writeUInt16LE(0x200, 0x20e);
  image.write(`${version}\0`, 0x400, 'latin1');
  return image;
}

it('needrestart -b -k -w', async context => {
  const { needrestart } = TOOLS;
  if (typeof needrestart === 'string') return context.skip(needrestart);
  if (!MAY_UNSHARE || process.arch !== 'x64') return context.skip('it needs a /boot of its own, and an x86 machine');
  const dir = await mkdtemp(join(tmpdir(), 'nodetide-needrestart-'));
  const [boot, bin, { folder }] = [join(dir, 'boot'), join(dir, 'bin'), needrestart];
  const ask = async (...kernels: string[]) => {
    await rm(boot, { recursive: true, force: true });
    await mkdir(boot);
    for (const [index, version] of kernels.entries())
      await writeFile(join(boot, `vmlinuz-${index}`), kernelImage(version));
    const env = { PATH: `${bin}:/usr/sbin:/usr/bin:/sbin:/bin`, NODETIDE_ROOT: dir };
    return askBy('needrestart', script => runHeard(script, env)).catch(failureOf);
  };
  try {
    await mkdir(bin);
    const real = `PERL5LIB=$(echo '${folder}'/usr/share/perl5 '${folder}'/usr/lib/*/perl5/* | tr ' ' :) exec '${folder}/usr/sbin/needrestart' -c '${folder}/etc/needrestart/needrestart.conf' "$@"`;
    const program = `#!/bin/sh\nexport real='mount --bind "${boot}" /boot || exit 70; ${real.replaceAll("'", `'"'"'`)}'\nexec unshare -m sh -c "$real" sh "$@"\n`;
    await writeFile(join(bin, 'needrestart'), program, { mode: 0o755 });
    const uname = (option: string) => execFileSync('uname', [option], { encoding: 'utf8' }).trim();
    const running = `${uname('-r')} (root@here) ${uname('-v')}`;
    const current = await ask(running);
    if ('code' in (current ?? {})) return context.skip('here it does not look at the kernel: a container');
    expect(current).toMatchObject({ needed: false });
    expect(await ask(`${uname('-r')} (root@here) #2 another build`)).toMatchObject({ needed: true, exitCode: 0 });
    expect(await ask(running, '99.1.0-1-amd64 (root@here) #1')).toMatchObject({
      needed: true,
      detail: expect.stringContaining('99.1.0-1-amd64 is the newest'),
    });
    // None is found: named in the policy, a check that cannot tell is a failure.
    expect(await ask()).toMatchObject({ code: 'check-reboot-missing' });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
