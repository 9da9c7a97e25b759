import type { HostFacts } from '../ports/host.ts';
import type { PackageManager } from '../ports/packages.ts';
import { explainApt } from './apt-explain.ts';
import { APT_PENDING, APT_UPGRADE } from './apt-script.ts';
import { withPolicy } from './arguments.ts';
import { parseInstalled } from './installed.ts';
import { KERNELS, parseKernels } from './kernel.ts';
import { parsePending } from './pending.ts';

/** Debian, Ubuntu and kin. */
export const APT: PackageManager = {
  kind: 'apt',
  fits: (facts: HostFacts) => /^(debian|ubuntu|raspbian|devuan|linuxmint|pop|kali)$/.test(facts.os.id),
  pendingScript: (policy, limit) => withPolicy(APT_PENDING, policy, limit),
  parsePending,
  upgradeScript: (policy, limit) => withPolicy(APT_UPGRADE, policy, limit),
  installedScript: () => ({
    text: "dpkg-query -W -f='${db:Status-Abbrev}\\t${binary:Package}\\t${Version}\\n'",
    args: [],
  }),
  parseInstalled,
  kernelScript: () => KERNELS,
  parseKernels,
  explain: explainApt,
};
