import type { Due } from './probe.ts';

const SILENT = 'cannot be asked: ';

/** Whether {@link dueText} said that a host gave no answer. */
export function isSilent(text: string): boolean {
  return text.startsWith(SILENT);
}

/** One host's answer in a few words. */
export function dueText({ work, failure }: Due): string {
  if (!work) return `${SILENT}${failure.message}`;
  const { pending, reboot } = work;
  const packages = pending === null ? 'packages cannot be told' : packagesText(pending.changes.length);
  const refused = pending !== null && pending.problems.length > 0 ? ', refused' : '';
  return `${packages}${refused}${reboot.needed ? ', reboot due' : ''}`;
}

function packagesText(count: number): string {
  if (count === 0) return 'nothing to upgrade';
  return count === 1 ? '1 package' : `${count} packages`;
}
