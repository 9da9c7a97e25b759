import type { NodeView, PodView } from '../../../../shared/domain/facts.ts';
import { compareReleases, isStepForward } from '../../../../shared/domain/kernel-release.ts';
import { kernelWarnings } from '../../../../shared/domain/kernels.ts';
import type { Kernels, OsRelease, Proofs, SystemImage } from '../../../../shared/domain/proof.ts';
import type { HostFacts } from '../../../../shared/ports/host.ts';

/** One look at one thing. */
export interface Check {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** The boot id is a new one if a reboot was done. Waiting does not help when it is not. */
export function bootCheck(facts: HostFacts, proofs: Partial<Proofs>): Check {
  const { reboot } = proofs;
  if (!reboot?.rebooted) return { check: 'boot', ok: true, detail: 'no reboot was done' };
  const ok = facts.bootId !== reboot.bootIdBefore;
  return { check: 'boot', ok, detail: ok ? `new boot id ${facts.bootId}` : `still the boot id from before the reboot` };
}

/** The distribution is the one it was, and its release no older one; a release that is not told (rolling) counts as none. */
export function releaseCheck({ os }: HostFacts, before: OsRelease): Check {
  const check = 'OS release';
  const show = ({ id, versionId }: OsRelease): string => `${id} ${versionId}`.trim();
  const isKnown = os.versionId !== '' && before.versionId !== '';
  const ok = os.id === before.id && !(isKnown && compareReleases(os.versionId, before.versionId) < 0);
  const isSame = show(os) === show(before);
  return { check, ok, detail: isSame ? show(os) : `${show(os)}, before it was ${show(before)}` };
}

/**
 * The running kernel is the one that was to be started. After a reboot that is what the boot loader would have started
 * before it (`before`; its word may hold for one boot only), or a newer one that came in between. Without a reboot it is
 * what the next one would start, unless that goes back. null: cannot be told.
 */
export function kernelCheck({ kernel }: HostFacts, now: Kernels, before: Kernels | null, rebooted: boolean): Check {
  const check = 'kernel';
  const newerCame = now.expected === kernel && isStepForward(before?.expected ?? kernel, kernel);
  const { expected, by } = rebooted && before !== null && before.expected !== null && !newerCame ? before : now;
  if (expected === null)
    return { check, ok: true, detail: `runs ${kernel}; which one is expected cannot be told here: ${by}` };
  const warnings = kernelWarnings(kernel, now).map(warning => `; ${warning}`);
  if (expected === kernel) return { check, ok: true, detail: `runs ${kernel}, as expected: ${by}${warnings.join('')}` };
  const ok = !rebooted && !isStepForward(kernel, expected);
  return { check, ok, detail: `runs ${kernel}, ${expected} is expected: ${by}${warnings.join('')}` };
}

/** The image that was staged runs: it was not rolled back (greenboot, health-checker) or lost at the shutdown. */
export function imageCheck(booted: SystemImage, staged: SystemImage): Check {
  const check = 'image';
  const ok = booted.id === staged.id;
  return {
    check,
    ok,
    detail: ok ? `runs ${booted.name}, as staged` : `runs ${booted.name}, staged was ${staged.name}`,
  };
}

/** A heartbeat and the boot are told in whole seconds. */
const SECOND_MS = 1_000;

/** What the Node object says about the machine as it is since its last boot. */
export function nodeChecks(node: NodeView | null, facts: HostFacts): Check[] {
  if (!node) return [{ check: 'node', ok: false, detail: 'there is no Node object' }];
  // Both times are by the host's own clock: the kubelet on it writes the heartbeat.
  const bootMs = facts.nowMs - facts.uptimeSeconds * 1000;
  const beats = node.heartbeatMs !== null && node.heartbeatMs + SECOND_MS >= bootMs;
  const kubelet = node.bootId === facts.bootId && node.kernelVersion === facts.kernel;
  return [
    { check: 'node Ready', ok: node.ready, detail: node.ready ? 'Ready' : `not Ready: ${node.notReadyReason}` },
    { check: 'heartbeat', ok: beats, detail: beats ? 'newer than the boot' : 'none since the boot' },
    {
      check: 'kubelet',
      ok: kubelet,
      detail: kubelet
        ? `reports kernel ${node.kernelVersion} and this boot`
        : `reports kernel ${node.kernelVersion} and boot ${node.bootId}, the host has ${facts.kernel} and ${facts.bootId}`,
    },
  ];
}

/** All pods of DaemonSets on the node are ready. */
export function daemonSetCheck(pods: readonly PodView[]): Check {
  const waiting = pods
    .filter(pod => pod.controller?.kind === 'DaemonSet' && pod.deletionMs === null && !pod.ready)
    .map(pod => `${pod.namespace}/${pod.name}`);
  const ok = waiting.length === 0;
  return { check: 'DaemonSet pods', ok, detail: ok ? 'all ready' : `not ready: ${waiting.join(', ')}` };
}

/** No systemd unit has failed that had not failed before. */
export function unitsCheck(facts: HostFacts, failedBefore: readonly string[]): Check {
  const check = 'systemd units';
  if (facts.failedUnits === null) return { check, ok: true, detail: 'no systemd on this host' };
  const failed = facts.failedUnits.filter(unit => !failedBefore.includes(unit));
  const ok = failed.length === 0;
  return { check, ok, detail: ok ? 'none failed anew' : `failed: ${failed.join(', ')}` };
}
