import { FAILURES } from '../domain/failures/catalogue.ts';
import type { PackageManager } from '../ports/packages.ts';
import { parseInstalled } from './installed.ts';
import { KERNELS, parseKernels } from './kernel.ts';
import { RPM_INSTALLED } from './rpm.ts';

/** A user's own command; installed packages are asked of dpkg or rpm, whichever the host has. */
export const COMMAND: PackageManager = {
  kind: 'command',
  fits: () => false,
  pendingScript: () => null,
  parsePending: () => ({ changes: [], left: [], problems: [] }),
  upgradeScript: policy => ({ text: policy.command, args: [] }),
  installedScript: () => ({
    text: `
if command -v dpkg-query >/dev/null 2>&1; then
  dpkg-query -W -f='\${db:Status-Abbrev}\\t\${binary:Package}\\t\${Version}\\n'
elif command -v rpm >/dev/null 2>&1; then
  ${RPM_INSTALLED}
fi
`,
    args: [],
  }),
  parseInstalled,
  kernelScript: () => KERNELS,
  parseKernels,
  explain: exitCode => ({
    code: 'packages-upgrade-failed',
    message: `the upgrade command ended with exit code ${exitCode}`,
    retryable: FAILURES['packages-upgrade-failed'].retryable,
    todo: FAILURES['packages-upgrade-failed'].todo,
  }),
};
