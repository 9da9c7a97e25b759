import type { SystemImage } from '../domain/proof.ts';
import type { PackageManager } from '../ports/packages.ts';
import { withPolicy } from './arguments.ts';
import { explainBy } from './explain.ts';
import { parseInstalled } from './installed.ts';
import { KERNELS, parseKernels } from './kernel.ts';
import { parsePending } from './pending.ts';
import {
  TRANSACTIONAL_INSTALLED,
  TRANSACTIONAL_PENDING,
  TRANSACTIONAL_SNAPSHOTS,
  TRANSACTIONAL_UPGRADE,
} from './transactional-script.ts';
import { ZYPPER_CAUSES } from './zypper-explain.ts';

/** SUSE hosts with a read-only root: an upgrade makes a snapshot, the reboot brings it. */
export const TRANSACTIONAL_UPDATE: PackageManager = {
  kind: 'transactional-update',
  fits: facts => facts.imageTool === 'transactional-update',
  pendingScript: (policy, limit) => withPolicy(TRANSACTIONAL_PENDING, policy, limit),
  parsePending,
  upgradeScript: (policy, limit) => withPolicy(TRANSACTIONAL_UPGRADE, policy, limit),
  installedScript: () => ({ text: TRANSACTIONAL_INSTALLED, args: [] }),
  parseInstalled,
  kernelScript: () => KERNELS,
  parseKernels,
  imageScript: () => ({ text: TRANSACTIONAL_SNAPSHOTS, args: [] }),
  parseImages: stdout => {
    const [, booted, next] = /^booted (\d+)\nnext (\d+)$/m.exec(stdout) ?? [];
    return booted && next ? { booted: snapshot(booted), next: snapshot(next) } : null;
  },
  explain: explainBy('transactional-update', [
    {
      pattern: /Couldn't get lock, is another instance already running\?/,
      code: 'packages-locked',
      message: (_, log) => {
        const holder = /is locked by process (\d+)/.exec(log)?.[1];
        return `the lock of transactional-update is held${holder ? ` by process ${holder}` : ''}`;
      },
    },
    ...ZYPPER_CAUSES.filter(cause => cause.exitCode === undefined),
    {
      pattern: /^ERROR: (.*)$/m,
      code: 'packages-upgrade-failed',
      message: ([, said = '']) => `transactional-update: ${said}`,
    },
  ]),
};

function snapshot(id: string): SystemImage {
  return { id, name: `snapshot ${id}` };
}
