import type { NodeReport } from './report.ts';

/** Of nodes whose changes are not known; their names follow. */
export const UNPROVED =
  'What changed is not known, or not all of it, as an upgrade was not proved or the packages cannot be listed';

/** How many packages changed on a node: `3`; `3 or more` and `?` where not all of it is known. */
export function changesText({ changes, changesKnown }: Pick<NodeReport, 'changes' | 'changesKnown'>): string {
  if (changesKnown) return String(changes.length);
  return changes.length === 0 ? '?' : `${changes.length} or more`;
}
