import { describe, expect, it } from 'vitest';
import { findPending, isRebootDue } from '../../../services/workers/common/due.ts';
import { failureOf } from '../../../shared/domain/failure.ts';
import { KERNELS } from '../../../shared/packages/kernel.ts';
import { PACKAGE_MANAGERS } from '../../../shared/packages/managers.ts';
import type { CommandResult, Script } from '../../../shared/ports/host.ts';
import { POLICY, stepWorld } from '../../helpers/step-world.ts';

const said = (exitCode: number, stdout: string, stderr = ''): CommandResult => ({ exitCode, stdout, stderr });

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

  it('a kernel check that the policy names has to be told: not to know is no "no"', async () => {
    const tell = (lines: string) => (script: unknown) => said(0, script === KERNELS ? `${lines}end\n` : 'end\n');
    const outside = ask(tell('running 6.1.0-1\n'), { checks: ['kernel'] });
    expect(await isRebootDue(outside.ask, await outside.facts).catch(failureOf)).toMatchObject({
      code: 'check-reboot-missing',
      seen: expect.stringContaining('came from outside'),
    });
    const auto = ask(tell('running 6.1.0-1\n'), { checks: 'auto' });
    expect(await isRebootDue(auto.ask, await auto.facts)).toMatchObject({ needed: false });
    const menu = "file /boot/grub/grub.cfg\n|menuentry 'x' {\n|linux /boot/vmlinuz-6.1.0-9\n|}\n";
    const broken = ask(tell(`running 6.1.0-1\nbooted-by BOOT_IMAGE\nimage vmlinuz-6.1.0-1\n${menu}`), {
      checks: ['kernel'],
    });
    expect(await isRebootDue(broken.ask, await broken.facts)).toMatchObject({
      needed: false,
      warnings: [expect.stringContaining('there is no vmlinuz-6.1.0-9')],
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
