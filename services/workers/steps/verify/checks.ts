import type { NodeView, PodView } from '../../../../shared/domain/facts.ts';
import type { Kernels, Proofs } from '../../../../shared/domain/proof.ts';
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

/** The running kernel is the one that the boot loader would start; null: cannot be told. */
export function kernelCheck(facts: HostFacts, { expected, by }: Kernels): Check {
  const check = 'kernel';
  if (expected === null)
    return { check, ok: true, detail: `runs ${facts.kernel}; which one is expected cannot be told here: ${by}` };
  const ok = expected === facts.kernel;
  return { check, ok, detail: `runs ${facts.kernel}, ${ok ? '' : `${expected} is `}expected: ${by}` };
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
