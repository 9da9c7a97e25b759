import { isStepForward } from './kernel-release.ts';
import type { Kernels, RebootEvidence } from './proof.ts';

/** A reboot is due for the kernel that the boot loader would start: not for another one, and not to go back. */
export function kernelEvidence(running: string, { expected, by }: Kernels): RebootEvidence {
  const check = 'kernel';
  const runs = `${running} runs`;
  if (expected === null) return { check, needed: null, detail: `${runs}; which one is expected cannot be told: ${by}` };
  if (expected === running) return { check, needed: false, detail: `${runs}, as expected: ${by}` };
  if (isStepForward(running, expected))
    return { check, needed: true, detail: `${runs}, ${expected} is expected: ${by}` };
  return { check, needed: false, detail: `${runs}; a reboot would go back to ${expected}: ${by}` };
}

/** What no reboot mends: for a person, and no reason to reboot. Empty: nothing. */
export function kernelWarnings(running: string, { expected, newest, by, broken }: Kernels): string[] {
  if (broken !== undefined) return [`the next boot may fail: ${broken}`];
  if (expected === null || expected === (newest ?? expected)) return [];
  const what = `a reboot would start the kernel ${expected} (${by})`;
  if (newest === running) return [`${what}, though ${running} runs and is the newest installed`];
  return isStepForward(expected, newest ?? expected)
    ? [`${what}, though ${newest} is installed: it never runs unless the boot loader's default is set to it`]
    : [];
}
