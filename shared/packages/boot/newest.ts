import { compareReleases } from '../../domain/kernel-release.ts';
import { releaseOf, type Seen } from './seen.ts';

/** The releases that are there with their modules, without rescue systems and leftovers. */
export function installedKernels(seen: Seen): string[] {
  const releases = seen.images
    .filter(name => !/rescue|\.old$|\.dpkg-|\.gz$|\.xz$|\.zst$|\.hmac$/.test(name))
    .map(name => releaseOf(name, { links: new Map() }));
  return [...new Set(releases)].filter((each): each is string => each !== null && seen.modules.includes(each));
}

/** The highest version of the running kernel's flavour, or if there is none of it, of all; null: none is to be seen. */
export function newestOf(seen: Seen): string | null {
  const installed = installedKernels(seen).sort(compareReleases);
  const wanted = flavourOf(seen.running);
  return installed.filter(each => flavourOf(each) === wanted).at(-1) ?? installed.at(-1) ?? null;
}

/**
 * What follows version and build: `cloud-amd64` in `6.1.0-30-cloud-amd64`, `amd64` in `6.12.48+deb13-amd64`, `+rt` in
 * `5.14.0-362.el9.x86_64+rt`, `generic` in `6.8.0-45-generic`, nothing in `5.14.0-362.el9.x86_64`.
 */
export function flavourOf(release: string): string {
  const dash = release.indexOf('-');
  if (dash < 0) return '';
  const rest = release.slice(dash + 1);
  if (!/^\d/.test(rest)) return rest;
  if (rest.includes('-')) return rest.slice(rest.indexOf('-') + 1);
  return rest.includes('+') ? `+${rest.slice(rest.lastIndexOf('+') + 1)}` : '';
}
