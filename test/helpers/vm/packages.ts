import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPackage } from '../apt-root.ts';

/** Where the new versions tell, in the machine, that they were set up: one line each time. */
export const RAN = '/var/log/tide';

/**
 * While this file is there, the set-up of `tide-slow` does not end, except that the machine is being shut down: then it
 * works for {@link SLOW_SECONDS} more.
 */
export const HOLD = '/var/tide-hold';
const SLOW_SECONDS = 5;

/** What the new versions do when they are set up; the old ones do nothing. */
const POSTINST: Readonly<Record<string, string>> = {
  'tide-tool': `echo tool >>${RAN}`,
  'tide-core': `echo core >>${RAN}; touch /run/reboot-required; echo tide-core >>/run/reboot-required.pkgs`,
  'tide-slow': `
echo slow-begin >>${RAN}; sync
while [ -e ${HOLD} ] && [ "$(systemctl is-system-running)" != stopping ]; do echo held; sleep 1; done
for second in $(seq ${SLOW_SECONDS}); do echo "slow at $second"; sleep 1; done
echo slow-end >>${RAN}; sync`,
};

/** The recipe of the packages, as text. */
export const PACKAGES_RECIPE = JSON.stringify(POSTINST);

/** Builds version 1.0 of each into FOLDER/old and 2.0 into FOLDER/new. */
export async function buildPackages(folder: string): Promise<void> {
  for (const [place, version] of [
    ['old', '1.0'],
    ['new', '2.0'],
  ] as const) {
    await mkdir(join(folder, place), { recursive: true });
    for (const [name, postinst] of Object.entries(POSTINST)) {
      const file = join(folder, place, `${name}_${version}.deb`);
      const spec = place === 'new' ? { postinst: `[ "$1" = configure ] || exit 0\n${postinst}` } : {};
      await buildPackage(join(folder, 'build'), file, name, version, spec);
    }
  }
}
