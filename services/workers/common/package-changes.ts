import type { PackageChange } from '../../../shared/domain/proof.ts';

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
