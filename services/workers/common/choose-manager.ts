import { fail } from '../../../shared/domain/failures/catalogue.ts';
import type { UpgradePolicy } from '../../../shared/domain/policy.ts';
import type { HostFacts } from '../../../shared/ports/host.ts';
import type { PackageManager } from '../../../shared/ports/packages.ts';

/**
 * The package manager for a host: null for `none`; for `auto` the first that fits; else the one named.
 * Throws StepError `packages-unknown-manager`.
 */
export function chooseManager(
  policy: UpgradePolicy,
  managers: readonly PackageManager[],
  facts: HostFacts,
): PackageManager | null {
  if (policy.manager === 'none') return null;
  const found =
    policy.manager === 'auto'
      ? managers.find(manager => manager.fits(facts))
      : managers.find(manager => manager.kind === policy.manager);
  if (found) return found;
  throw fail('packages-unknown-manager', {
    message: `no package manager is known for this host (policy: ${policy.manager}, host: ${facts.os.prettyName})`,
  });
}
