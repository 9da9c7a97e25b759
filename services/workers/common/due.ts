import { type FailureCode, fail } from '../../../shared/domain/failures/catalogue.ts';
import type { NodePolicy, RebootCheckName, RebootPolicy } from '../../../shared/domain/policy.ts';
import type { CheckRebootProof, Kernels } from '../../../shared/domain/proof.ts';
import { BY_POLICY, isNeeded } from '../../../shared/domain/reboot-due.ts';
import type { Host, HostFacts } from '../../../shared/ports/host.ts';
import type { PackageManager, Pending, VersionLimit } from '../../../shared/ports/packages.ts';
import { chooseManager } from './choose-manager.ts';
import { builtInChecks, type Evidence, readBuiltInChecks } from './due-checks.ts';

/** What is needed to ask a host; every StepContext is one. */
export interface HostAsk {
  readonly host: Host;
  readonly policy: NodePolicy;
  readonly managers: readonly PackageManager[];
  readonly signal: AbortSignal;
}

/** What there is to do on a host. `pending` null: cannot be told (a user's own command): then count it as work. */
export interface Work {
  readonly pending: Pending | null;
  readonly reboot: CheckRebootProof;
}

/**
 * Whether a reboot of the host is due, and by which evidence; changes nothing. `needed` is also true for policy
 * `always`; for `never` the evidence is collected all the same. Throws StepError `check-reboot-failed` when a check
 * could not run (that is not a "no"), besides what the host throws.
 */
export async function isRebootDue(ask: HostAsk, facts: HostFacts): Promise<CheckRebootProof> {
  const policy = ask.policy.reboot;
  const evidence: Evidence[] = [];
  if (policy.when === 'always') evidence.push({ check: BY_POLICY, needed: true, detail: 'policy: always reboot' });
  evidence.push(...(await askBuiltIn(ask)));
  if (policy.sentinelCommand !== '') evidence.push(await askSentinelCommand(ask));
  if (asksFor(policy, 'kernel')) evidence.push(await compareKernels(ask, facts));
  return { needed: isNeeded(evidence, policy.match), evidence, bootId: facts.bootId };
}

/** Whether the policy asks by this check, where the host has it. */
export function asksFor({ checks }: RebootPolicy, check: RebootCheckName): boolean {
  return checks === 'auto' || checks.includes(check);
}

/** What an upgrade would change and whether a reboot is due; refreshes the package lists, changes nothing else. */
export async function findWork(ask: HostAsk, facts: HostFacts): Promise<Work> {
  return { pending: await findPending(ask, facts), reboot: await isRebootDue(ask, facts) };
}

/**
 * What an upgrade would change now, within `limit`; null: cannot be told. Refreshes the package lists. Throws StepError
 * as {@link PackageManager.explain} says when the lists cannot be had.
 */
export async function findPending(
  ask: HostAsk,
  facts: HostFacts,
  limit: VersionLimit | null = null,
): Promise<Pending | null> {
  const manager = chooseManager(ask.policy.upgrade, ask.managers, facts);
  if (!manager) return { changes: [], left: [], problems: [] };
  const script = manager.pendingScript(ask.policy.upgrade, limit);
  if (!script) return null;
  const result = await ask.host.run(script, ask.signal);
  if (result.exitCode === 0) return manager.parsePending(result.stdout);
  const said = `${result.stdout}\n${result.stderr}`.trim();
  const why = manager.explain(result.exitCode, said);
  const code = why.code === 'packages-upgrade-failed' ? 'packages-refresh-failed' : why.code;
  throw fail(code as FailureCode, { message: why.message, seen: said.slice(-2000), todo: why.todo });
}

/** Throws the first StepError of {@link Pending.problems}: an upgrade that would refuse to begin is not prepared for. */
export function refuseProblems(pending: Pending | null): void {
  const [problem] = pending?.problems ?? [];
  if (problem) throw fail(problem.code as FailureCode, { message: problem.message });
}

/** The kernels of the host; of a host without a known package manager nothing can be told. Throws StepError `check-reboot-failed`. */
export async function kernelsOf(ask: HostAsk, facts: HostFacts): Promise<Kernels> {
  const manager = chooseManager(ask.policy.upgrade, ask.managers, facts) ?? ask.managers.find(one => one.fits(facts));
  const script = manager?.kernelScript() ?? null;
  if (!manager || !script) return { expected: null, by: 'no package manager is known for this host', newest: null };
  const { exitCode, stdout, stderr } = await ask.host.run(script, ask.signal);
  if (exitCode !== 0) throw checkFailed(`looking for the newest kernel (exit code ${exitCode}): ${stderr.trim()}`);
  return manager.parseKernels(stdout);
}

async function askBuiltIn(ask: HostAsk): Promise<Evidence[]> {
  const result = await ask.host.run(builtInChecks(ask.policy.reboot.sentinelFiles), ask.signal);
  const { evidence, failed } = readBuiltInChecks(result.stdout);
  if (failed.length > 0) throw checkFailed(`${failed.join('; ')} ${result.stderr}`.trim());
  return evidence;
}

async function askSentinelCommand(ask: HostAsk): Promise<Evidence> {
  const command = ask.policy.reboot.sentinelCommand;
  const { exitCode, stdout, stderr } = await ask.host.run({ text: command, args: [] }, ask.signal);
  const said = `${stdout}${stderr}`.trim().slice(-500);
  if (exitCode !== 0 && exitCode !== 1) throw checkFailed(`the sentinel command ended with ${exitCode}: ${said}`);
  const needed = exitCode === 0;
  return { check: 'sentinel-command', needed, detail: `exit code ${exitCode}${said === '' ? '' : `: ${said}`}` };
}

async function compareKernels(ask: HostAsk, facts: HostFacts): Promise<Evidence> {
  const { expected, by } = await kernelsOf(ask, facts);
  if (expected === null)
    return {
      check: 'kernel',
      needed: null,
      detail: `${facts.kernel} runs; which one is expected cannot be told: ${by}`,
    };
  const needed = expected !== facts.kernel;
  return { check: 'kernel', needed, detail: `${facts.kernel} runs, ${expected} is expected: ${by}` };
}

function checkFailed(seen: string) {
  return fail('check-reboot-failed', { message: 'a check for a due reboot could not run', seen });
}
