import type { HostFacts } from '../ports/host.ts';
import type { PackageManager } from '../ports/packages.ts';
import { withPolicy } from './arguments.ts';
import { explainDnf } from './dnf-explain.ts';
import { DNF_PENDING, DNF_UPGRADE } from './dnf-script.ts';
import { parseInstalled } from './installed.ts';
import { KERNELS, parseKernels } from './kernel.ts';
import { parsePending } from './pending.ts';
import { RPM_INSTALLED } from './rpm.ts';

/** RHEL, Rocky, Alma, CentOS, Fedora and kin, with dnf 4. */
export const DNF: PackageManager = {
  kind: 'dnf',
  fits: (facts: HostFacts) => /^(fedora|rhel|centos|rocky|almalinux|ol|amzn)$/.test(facts.os.id),
  pendingScript: (policy, limit) => withPolicy(DNF_PENDING, policy, limit),
  parsePending,
  upgradeScript: (policy, limit) => withPolicy(DNF_UPGRADE, policy, limit),
  installedScript: () => ({ text: RPM_INSTALLED, args: [] }),
  parseInstalled,
  kernelScript: () => KERNELS,
  parseKernels,
  explain: explainDnf,
};
