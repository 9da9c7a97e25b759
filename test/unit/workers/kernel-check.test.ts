import { describe, expect, it } from 'vitest';
import { kernelCheck } from '../../../services/workers/steps/verify/checks.ts';
import { kernelEvidence, kernelWarnings } from '../../../shared/domain/kernels.ts';
import type { Kernels } from '../../../shared/domain/proof.ts';
import type { HostFacts } from '../../../shared/ports/host.ts';

const [OLD, NEW, NEWER] = ['6.1.0-1', '6.1.0-2', '6.1.0-3'];
const kernels = (expected: string | null, newest: string | null = expected): Kernels => ({
  expected,
  by: 'grub',
  newest,
});
const runs = (kernel: string) => ({ kernel }) as HostFacts;

describe('a reboot for the kernel', () => {
  it.each<[string, string, Kernels, boolean | null, RegExp | null]>([
    ['the newest runs', NEW, kernels(NEW), false, null],
    ['a newer one would be started', OLD, kernels(NEW), true, null],
    // Due for ever, if it were due at all: the old one comes again.
    ['a newer one is installed, and would not be started', OLD, kernels(OLD, NEW), false, /6\.1\.0-2 is installed/],
    ['the boot loader would go back', NEW, kernels(OLD, NEW), false, /start the kernel 6\.1\.0-1 .*6\.1\.0-2 runs/],
    ['a newer one would be started, and a still newer one is installed', OLD, kernels(NEW, NEWER), true, /6\.1\.0-3/],
    ['it cannot be told', OLD, kernels(null, NEW), null, null],
    [
      'what would be started is gone',
      OLD,
      { ...kernels(null, NEW), broken: 'no vmlinuz-6.1.0-9' },
      null,
      /may fail: no vmlinuz-6\.1\.0-9/,
    ],
  ])('%s', (_, running, seen, needed, warning) => {
    expect(kernelEvidence(running, seen)).toMatchObject({ check: 'kernel', needed });
    const warnings = kernelWarnings(running, seen);
    if (warning === null) expect(warnings).toEqual([]);
    else expect(warnings).toEqual([expect.stringMatching(warning)]);
  });
});

describe('the kernel after the chain', () => {
  it.each<[string, string, Kernels, Kernels | null, boolean, boolean]>([
    ['rebooted into the expected one', NEW, kernels(NEW), kernels(NEW), true, true],
    ['rebooted, and the old one came back', OLD, kernels(NEW), kernels(NEW), true, false],
    ['rebooted, the loader fell back to the old one for good', OLD, kernels(OLD, NEW), kernels(NEW), true, false],
    ['rebooted into one that was set for one boot', NEW, kernels(OLD, NEW), kernels(NEW), true, true],
    ['rebooted into one that came in between', NEWER, kernels(NEWER), kernels(NEW), true, true],
    ['rebooted, nothing was known before', NEW, kernels(NEW), null, true, true],
    ['rebooted, nothing was known before, and the old one came back', OLD, kernels(NEW), null, true, false],
    ['rebooted, it cannot be told', OLD, kernels(null), null, true, true],
    ['no reboot, a newer one waits', OLD, kernels(NEW), kernels(OLD), false, false],
    ['no reboot, a newer one would not be started', OLD, kernels(OLD, NEW), kernels(OLD, NEW), false, true],
    ['no reboot, the next would go back', NEW, kernels(OLD, NEW), kernels(OLD, NEW), false, true],
  ])('%s', (_, running, now, before, rebooted, ok) => {
    const check = kernelCheck(runs(running), now, before, rebooted);
    expect(check).toMatchObject({ check: 'kernel', ok });
    expect(check.detail).toContain(running);
    if (!ok) expect(check.detail).toContain(`${(rebooted && before?.expected) || now.expected} is expected`);
  });
});
