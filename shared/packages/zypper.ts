import type { HostFacts } from '../ports/host.ts';
import type { PackageManager } from '../ports/packages.ts';
import { withPolicy } from './arguments.ts';
import { parseInstalled } from './installed.ts';
import { KERNELS, parseKernels } from './kernel.ts';
import { parsePending } from './pending.ts';
import { RPM_INSTALLED } from './rpm.ts';
import { explainZypper } from './zypper-explain.ts';
import { ZYPPER_PENDING, ZYPPER_UPGRADE } from './zypper-script.ts';

/** SUSE Linux Enterprise and openSUSE. */
export const ZYPPER: PackageManager = {
  kind: 'zypper',
  fits: (facts: HostFacts) => /^(sles|sled|opensuse-leap|opensuse-tumbleweed|opensuse|suse)$/.test(facts.os.id),
  pendingScript: (policy, limit) => withPolicy(ZYPPER_PENDING, policy, limit),
  parsePending,
  upgradeScript: (policy, limit) => withPolicy(ZYPPER_UPGRADE, policy, limit),
  installedScript: () => ({ text: RPM_INSTALLED, args: [] }),
  parseInstalled,
  kernelScript: () => KERNELS,
  parseKernels,
  explain: explainZypper,
};
