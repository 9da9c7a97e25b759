import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPending, isRebootDue } from '../../../services/workers/common/due.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import { KERNELS, parseKernels } from '../../../shared/packages/kernel.ts';
import { PACKAGE_MANAGERS } from '../../../shared/packages/managers.ts';
import type { CommandResult, Script } from '../../../shared/ports/host.ts';
import { POLICY, stepWorld } from '../../helpers/step-world.ts';

const said = (exitCode: number, stdout: string, stderr = ''): CommandResult => ({ exitCode, stdout, stderr });

/** Runs a script with a private root and its own commands. */
function onRoot(script: Script, files: readonly string[], commands: Readonly<Record<string, string>> = {}): string {
  const dir = mkdtempSync(join(tmpdir(), 'nodetide-due-'));
  for (const file of files) {
    mkdirSync(join(dir, file, '..'), { recursive: true });
    writeFileSync(join(dir, file), 'one\none\n');
  }
  mkdirSync(join(dir, 'bin'));
  for (const [name, text] of Object.entries(commands))
    writeFileSync(join(dir, 'bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const env = { ...process.env, NODETIDE_ROOT: dir, PATH: `${join(dir, 'bin')}:/usr/bin:/bin` };
  try {
    return execFileSync('/bin/sh', ['-c', script.text, 'sh', ...script.args], { env, encoding: 'utf8' });
  } finally {
    rmSync(dir, { recursive: true });
  }
}

describe('the newest kernel', () => {
  const kernels = (...names: string[]) => names.flatMap(name => [`boot/vmlinuz-${name}`, `lib/modules/${name}/dep`]);
  const newest = (running: string, files: string[]) =>
    parseKernels(onRoot(KERNELS, files, { uname: `echo ${running}` })).newest;

  it('is the highest version, of the running flavour', () => {
    const files = kernels('6.1.0-9-amd64', '6.1.0-10-amd64', '6.9.0-1-rt-arm64');
    expect(newest('6.1.0-9-amd64', files)).toBe('6.1.0-10-amd64');
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
  ])('of the flavour of %s', (running, others, wanted) => {
    expect(newest(running, kernels(running, ...others))).toBe(wanted);
  });

  it('counts only with its modules, and no rescue images', () => {
    const files = [...kernels('6.1.0-9-amd64', '0-rescue-abc'), 'boot/vmlinuz-6.1.0-10-amd64'];
    expect(newest('6.1.0-9-amd64', files)).toBe('6.1.0-9-amd64');
  });

  it('cannot be told where there is none', () => {
    expect(newest('6.1.0-9-amd64', [])).toBe(null);
  });
});

describe('what is asked of a host', () => {
  const ask = (answer: (script: Script) => CommandResult, reboot: Partial<typeof POLICY.reboot> = {}) => {
    const world = stepWorld();
    world.host.answer = answer;
    const upgrade = { ...POLICY.upgrade, manager: 'auto' as const };
    const policy = { ...POLICY, upgrade, reboot: { ...POLICY.reboot, ...reboot } };
    return { ask: { ...world.context({ policy, managers: PACKAGE_MANAGERS }) }, facts: world.host.facts() };
  };
  const sentinel = (exitCode: number) => (script: Script) =>
    script.text === 'check-it' ? said(exitCode, '', 'why') : said(0, 'end\n');

  it.each([
    [0, true],
    [1, false],
  ])('a sentinel command that ends with %i', async (exitCode, needed) => {
    const { ask: asked, facts } = ask(sentinel(exitCode), { sentinelCommand: 'check-it' });
    expect(await isRebootDue(asked, await facts)).toMatchObject({ needed, bootId: 'boot-1' });
  });

  it('a check that could not run is a failure, not a "no"', async () => {
    const broken = ask(sentinel(127), { sentinelCommand: 'check-it' });
    const failure = await isRebootDue(broken.ask, await broken.facts).catch(failureOf);
    expect(failure).toMatchObject({ code: 'check-reboot-failed', seen: expect.stringContaining('127') });
    const cut = ask(() => said(0, ''));
    expect(await isRebootDue(cut.ask, await cut.facts).catch(failureOf)).toMatchObject({ code: 'check-reboot-failed' });
    const kernel = ask(script => (script === KERNELS ? said(2, '') : said(0, 'end\n')), { checks: ['kernel'] });
    expect(await isRebootDue(kernel.ask, await kernel.facts).catch(failureOf)).toMatchObject({
      code: 'check-reboot-failed',
    });
  });

  it('lists that cannot be had are a failure, not "nothing to do"', async () => {
    const log = 'E: Failed to fetch http://deb.example/x\nE: Some index files failed to download.\n';
    const { ask: asked, facts } = ask(() => said(100, '', log));
    expect(await findPending(asked, await facts).catch(failureOf)).toMatchObject({
      code: 'packages-refresh-failed',
      retryable: true,
    });
  });
});
