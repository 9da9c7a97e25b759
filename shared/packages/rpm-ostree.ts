import type { SystemImage } from '../domain/proof.ts';
import type { Images, PackageManager } from '../ports/packages.ts';
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
  parseImages,
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

/** The first deployment is the one the next boot starts. */
function parseImages(stdout: string): Images | null {
  try {
    const { deployments } = JSON.parse(stdout) as { deployments?: readonly Deployment[] };
    const booted = deployments?.find(each => each.booted === true);
    const [next] = deployments ?? [];
    return booted && next ? { booted: imageOf(booted), next: imageOf(next) } : null;
  } catch {
    return null;
  }
}

interface Deployment {
  readonly booted?: boolean;
  readonly checksum?: string;
  /** Tells deployments of one commit apart (other kernel arguments). */
  readonly serial?: number;
  readonly version?: string;
}

function imageOf({ checksum = '', serial = 0, version = '' }: Deployment): SystemImage {
  const short = checksum.slice(0, 10);
  return { id: `${checksum}.${serial}`, name: version === '' ? short : `${version} (${short})` };
}
