import type { PackageChange, UnprovenPackage } from './proof.ts';

/** Package → the versions that verified hosts have; names and versions as {@link provenKey} writes them. */
export type ProvenVersions = ReadonlyMap<string, ReadonlySet<string>>;

/** What stands in {@link PackageChange.before} where no other version comes: a package manager ends what it had begun. */
export const UNFINISHED: readonly string[] = ['interrupted', 'not configured'];

/** Which hosts can be compared: the same distribution, release and architecture. */
export function comparableGroup(host: {
  readonly os: { readonly id: string; readonly versionId: string };
  readonly arch?: string;
}): string {
  const words = [host.os.id, host.os.versionId, host.arch ?? ''];
  return words
    .filter(word => word !== '')
    .join(' ')
    .slice(0, 200);
}

/**
 * One name for a package however its manager writes it: dpkg adds `:ARCH` in some lists only. An epoch of 0 is the same
 * as none.
 */
export function provenKey(name: string, version: string): string {
  return `${name.replace(/:[a-z0-9-]+$/, '')} ${version.replace(/^0:/, '')}`;
}

/** Each installed package with its version, sorted; a package with several versions (`A, B`) is there with each. */
export function provenEntries(installed: ReadonlyMap<string, string>): string[] {
  const all = [...installed].flatMap(([name, versions]) => versions.split(', ').map(each => provenKey(name, each)));
  return [...new Set(all)].sort();
}

/** Reads what {@link provenEntries} wrote. */
export function readProven(entries: Iterable<string>): ProvenVersions {
  const found = new Map<string, Set<string>>();
  for (const entry of entries) {
    const [name = '', version = ''] = entry.split(' ');
    const versions = found.get(name) ?? new Set();
    found.set(name, versions.add(version));
  }
  return found;
}

/** The versions that changes would bring and no verified host has. A removal brings none. */
export function unprovenOf(changes: readonly PackageChange[], proven: ProvenVersions): UnprovenPackage[] {
  return changes.flatMap(({ name, before, after }): UnprovenPackage[] => {
    if (after === null || (before !== null && UNFINISHED.includes(before))) return [];
    const earlier = new Set(before?.split(', '));
    const fresh = after.split(', ').filter(version => !earlier.has(version));
    return fresh.flatMap(version => {
      const [key = '', written = ''] = provenKey(name, version).split(' ');
      const versions = proven.get(key) ?? new Set();
      return versions.has(written) ? [] : [{ name, version, proven: [...versions].sort() }];
    });
  });
}

/** What an upgrade may bring to a host: everything proved that it has not installed. */
export function mayComeTo(installed: ReadonlyMap<string, string>, proven: ProvenVersions): string[] {
  const has = new Set(provenEntries(installed));
  const all = [...proven].flatMap(([name, versions]) => [...versions].map(version => `${name} ${version}`));
  return all.filter(entry => !has.has(entry)).sort();
}

/** Versions that are not proved, for people, at most `most` of them. */
export function unprovenText(unproven: readonly UnprovenPackage[], most: number): string {
  const named = unproven.slice(0, most).map(({ name, version, proven }) => {
    const earlier = proven.length === 0 ? 'no earlier host has the package' : `proved: ${proven.join(', ')}`;
    return `${name} ${version} (${earlier})`;
  });
  const more = unproven.length > most ? ` and ${unproven.length - most} more` : '';
  return `${named.join(', ')}${more}`;
}
