import type { LeftPackage, PackageChange } from '../../../shared/domain/proof.ts';

/** What differs between two lists of installed packages, by name. */
export function changesBetween(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): PackageChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names
    .map(name => ({ name, before: before.get(name) ?? null, after: after.get(name) ?? null }))
    .filter(change => change.before !== change.after);
}

/** Most packages named in a note; the proof has them all. */
const MOST_NAMED = 5;

/** What was left as it is, for people; empty: nothing. */
export function saysLeft(left: readonly LeftPackage[] = []): string {
  if (left.length === 0) return '';
  const named = left.slice(0, MOST_NAMED).map(each => `${each.name} ${each.before} (${each.reason})`);
  const more = left.length > MOST_NAMED ? ` and ${left.length - MOST_NAMED} more` : '';
  return `; left as they are: ${named.join(', ')}${more}`;
}
