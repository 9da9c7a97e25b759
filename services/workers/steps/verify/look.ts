import { failureOf } from '../../../../shared/domain/failure.ts';
import { BY_POLICY, hostAsks, reasonsOf } from '../../../../shared/domain/reboot-due.ts';
import type { HostFacts } from '../../../../shared/ports/host.ts';
import type { StepContext } from '../../../../shared/ports/step.ts';
import { asksFor, isRebootDue, kernelsOf } from '../../common/due.ts';
import { imagesOf } from '../../common/images.ts';
import {
  bootCheck,
  type Check,
  daemonSetCheck,
  imageCheck,
  kernelCheck,
  nodeChecks,
  releaseCheck,
  unitsCheck,
} from './checks.ts';
import { userChecks } from './user-checks.ts';

/** What one look at the node found. `final`: it does not change by waiting. */
export interface Look {
  readonly checks: readonly Check[];
  readonly final: boolean;
  /** null: the host gave no answer. */
  readonly facts: HostFacts | null;
}

/**
 * Looks at host and Node; only when these are well, or if `thorough`, also at what costs more: reboot checks and the
 * user's commands. A passing trouble is a check that does not hold; any other failure is thrown.
 */
export async function lookAt(context: StepContext<unknown>, thorough: boolean): Promise<Look> {
  const { proofs } = context;
  const checks: Check[] = [];
  const facts = await attempt(checks, 'host', () => context.host.facts(context.signal));
  if (!facts)
    return { checks: [...checks, ...(thorough ? await clusterChecks(context, null) : [])], final: false, facts: null };
  const boot = bootCheck(facts, proofs);
  if (!boot.ok) return { checks: [boot], final: true, facts };
  const release = proofs.drain?.os && releaseCheck(facts, proofs.drain.os);
  if (release && !release.ok) return { checks: [boot, release], final: true, facts };
  checks.push(boot, ...(release ? [release] : []), ...(await clusterChecks(context, facts)));
  if (context.policy.verify.failedUnits) checks.push(unitsCheck(facts, proofs.drain?.failedUnitsBefore ?? []));
  checks.push(...(await gateChecks(context)));
  if (!thorough && checks.some(check => !check.ok)) return { checks, final: false, facts };
  const kernel = await kernelOf(context, facts, checks);
  if (kernel && !kernel.ok) return { checks: [...checks, kernel], final: true, facts };
  if (kernel) checks.push(kernel);
  const image = await imageOf(context, facts, checks);
  if (image && !image.ok) return { checks: [...checks, image], final: true, facts };
  if (image) checks.push(image);
  checks.push(...(await dueChecks(context, facts)), ...(await userChecks(context)));
  return { checks, final: false, facts };
}

async function clusterChecks(context: StepContext<unknown>, facts: HostFacts | null): Promise<Check[]> {
  const { cluster, node, policy, signal } = context;
  if (!cluster || !node.kubernetes) return [];
  const checks: Check[] = [];
  const seen = await attempt(checks, 'node', () => cluster.getNode(node.name, signal));
  if (seen === undefined) return checks;
  if (facts) checks.push(...nodeChecks(seen, facts));
  else checks.push({ check: 'node Ready', ok: seen?.ready ?? false, detail: seen?.notReadyReason ?? 'no Node object' });
  if (!policy.verify.daemonSetPods) return checks;
  const pods = await attempt(checks, 'DaemonSet pods', () => cluster.listPodsOnNode(node.name, '', signal));
  if (pods) checks.push(daemonSetCheck(pods));
  return checks;
}

/** The gates that are asked at this moment; nothing is told of those that are open. */
async function gateChecks({ shutGates }: StepContext<unknown>): Promise<Check[]> {
  return (await shutGates('verify')).map(detail => ({ check: 'gate', ok: false, detail }));
}

/** null: not for this policy. A host that is never rebooted, or not for its kernel, need not run the expected one. */
async function kernelOf(context: StepContext<unknown>, facts: HostFacts, checks: Check[]): Promise<Check | null> {
  const { reboot } = context.policy;
  const { proofs } = context;
  const checked = proofs['check-reboot'];
  // What was expected before a reboot is known only if it came after that look.
  const rebooted = proofs.reboot?.rebooted === true && checked?.bootId !== facts.bootId;
  const isAlone = asksFor(reboot, 'kernel') && reboot.match === 'any';
  if (reboot.when === 'never' || !(isAlone || rebooted)) return null;
  // What the loader of the old image would have started says nothing about a new one, which may bring an older kernel.
  const before = proofs.upgrade?.stagedImage ? null : (checked?.kernels ?? null);
  const kernels = await attempt(checks, 'kernel', () => kernelsOf(context, facts));
  return kernels === undefined ? null : kernelCheck(facts, kernels, before, rebooted);
}

/** null: no image was staged, or the policy never reboots into it. */
async function imageOf(context: StepContext<unknown>, facts: HostFacts, checks: Check[]): Promise<Check | null> {
  const staged = context.proofs.upgrade?.stagedImage;
  if (!staged || context.policy.reboot.when === 'never') return null;
  const images = await attempt(checks, 'image', () => imagesOf(context, facts));
  return images ? imageCheck(images.booted, staged) : null;
}

async function dueChecks(context: StepContext<unknown>, facts: HostFacts): Promise<Check[]> {
  if (context.policy.reboot.when === 'never') return [];
  const checks: Check[] = [];
  const due = await attempt(checks, 'reboot due', () => isRebootDue(context, facts));
  if (!due) return checks;
  // A policy that always reboots is no need of the host.
  const ok = !hostAsks(due.evidence, context.policy.reboot.match);
  const reasons = reasonsOf(due.evidence.filter(each => each.check !== BY_POLICY));
  return [{ check: 'reboot due', ok, detail: ok ? 'no further reboot is due' : reasons.join('; ') }];
}

/** undefined: a passing trouble, which is now among the checks. */
async function attempt<T>(checks: Check[], check: string, run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    const failure = failureOf(error);
    // `unexpected` is retryable, and an abort of our signal looks like it.
    if (!failure.retryable || failure.code === 'unexpected') throw error;
    checks.push({ check, ok: false, detail: failure.message });
    return undefined;
  }
}
