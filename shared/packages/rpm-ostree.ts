import { readOstreeStatus } from '../domain/ostree-status.ts';
import type { PackageManager } from '../ports/packages.ts';
import { withPolicy } from './arguments.ts';
import { parseInstalled } from './installed.ts';
import { KERNELS, parseKernels } from './kernel.ts';
import { parsePending } from './pending.ts';
import { explainRpmOstree } from './rpm-ostree-explain.ts';
import { RPM_OSTREE_INSTALLED, RPM_OSTREE_PENDING, RPM_OSTREE_UPGRADE } from './rpm-ostree-script.ts';

/** Hosts booted from an ostree: an upgrade stages a deployment, the reboot brings it. */
export const RPM_OSTREE: PackageManager = {
  kind: 'rpm-ostree',
  fits: facts => facts.imageTool === 'rpm-ostree',
  pendingScript: (policy, limit) => withPolicy(RPM_OSTREE_PENDING, policy, limit),
  parsePending,
  upgradeScript: (policy, limit) => withPolicy(RPM_OSTREE_UPGRADE, policy, limit),
  installedScript: () => ({ text: RPM_OSTREE_INSTALLED, args: [] }),
  parseInstalled: parseImagePackages,
  kernelScript: () => KERNELS,
  parseKernels,
  imageScript: () => ({ text: 'rpm-ostree status --json', args: [] }),
  parseImages: readOstreeStatus,
  explain: explainRpmOstree,
};

/** The packages that run, with the staged differences laid over them. */
function parseImagePackages(stdout: string): Map<string, string> {
  const packages = parseInstalled(stdout);
  for (const { name, after } of parsePending(stdout).changes) {
    if (after === null) packages.delete(name);
    else packages.set(name, after);
  }
  return packages;
}
