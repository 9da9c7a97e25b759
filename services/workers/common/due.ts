import { type FailureCode, fail } from '../../../shared/domain/failures/catalogue.ts';
import { kernelEvidence, kernelWarnings } from '../../../shared/domain/kernels.ts';
import type { NodePolicy, RebootCheckName, RebootPolicy } from '../../../shared/domain/policy.ts';
import type { CheckRebootProof, Kernels, RebootEvidence } from '../../../shared/domain/proof.ts';
import { BY_POLICY, isNeeded } from '../../../shared/domain/reboot-due.ts';
import type { Host, HostFacts } from '../../../shared/ports/host.ts';
import type { PackageManager, Pending, VersionLimit } from '../../../shared/ports/packages.ts';
import { chooseManager } from './choose-manager.ts';
import { checkFailed, checkMissing, runCheck } from './reboot-checks/ask.ts';
import { lookFor, readSight, type Sight } from './reboot-checks/look.ts';
import { askTool, TOOL_CHECKS } from './reboot-checks/tools.ts';

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
  /** The release that runs. */
  readonly kernel: string;
  readonly uptimeSeconds: number;
}

/**
 * Whether a reboot of the host is due, and by which evidence; changes nothing. `needed` is also true for policy
 * `always`; for `never` the evidence is collected all the same. Throws StepError `check-reboot-failed` when a check
 * could not run (that is not a "no"), `check-reboot-missing` when the host lacks one that the policy names, besides what
 * the host throws.
 */
export async function isRebootDue(ask: HostAsk, facts: HostFacts): Promise<CheckRebootProof> {
  const policy = ask.policy.reboot;
  const evidence: RebootEvidence[] = [];
  const warnings: string[] = [];
  if (policy.when === 'always') evidence.push({ check: BY_POLICY, needed: true, detail: 'policy: always reboot' });
  const sight = await look(ask);
  if (asksFor(policy, 'sentinel-file')) evidence.push(...sight.files.map(sentinelFile));
  if (policy.sentinelCommand !== '' && asksFor(policy, 'sentinel-command')) evidence.push(await sentinelCommand(ask));
  const kernels = once(() => kernelsOf(ask, facts));
  for (const check of TOOL_CHECKS.filter(each => asksFor(policy, each))) {
    const found = await askTool({ ...ask, sight, running: facts.kernel, kernels }, check);
    evidence.push(found.evidence);
    if (found.warning !== '') warnings.push(found.warning);
  }
  const seen = asksFor(policy, 'kernel') ? await kernels() : null;
  if (seen) evidence.push(kernelAnswer(policy, facts, seen));
  if (seen) warnings.push(...kernelWarnings(facts.kernel, seen));
  const needed = isNeeded(evidence, policy.match);
  const told = { ...(warnings.length > 0 ? { warnings } : {}), ...(seen ? { kernels: seen } : {}) };
  return { needed, evidence, ...told, bootId: facts.bootId };
}

/** Whether the policy asks by this check, where the host has it. */
export function asksFor({ checks }: RebootPolicy, check: RebootCheckName): boolean {
  return checks === 'auto' || checks.includes(check);
}

/** What an upgrade would change and whether a reboot is due; refreshes the package lists, changes nothing else. */
export async function findWork(ask: HostAsk, facts: HostFacts): Promise<Work> {
  const { kernel, uptimeSeconds } = facts;
  return { pending: await findPending(ask, facts), reboot: await isRebootDue(ask, facts), kernel, uptimeSeconds };
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
  const { exitCode, stdout, stderr } = await runCheck(ask, 'kernel', script);
  if (exitCode !== 0) throw checkFailed('kernel', `exit code ${exitCode}: ${stderr.trim()}`);
  return manager.parseKernels(stdout);
}

/** A policy that names this check wants an answer; a default entry that is broken is told as a warning. */
function kernelAnswer({ checks }: RebootPolicy, { kernel }: HostFacts, seen: Kernels): RebootEvidence {
  const evidence = kernelEvidence(kernel, seen);
  if (evidence.needed === null && checks !== 'auto' && seen.broken === undefined)
    throw checkMissing('kernel', evidence.detail);
  return evidence;
}

async function look(ask: HostAsk): Promise<Sight> {
  const result = await runCheck(ask, 'the look at what the host has', lookFor(ask.policy.reboot.sentinelFiles));
  const sight = result.exitCode === 0 ? readSight(result.stdout) : null;
  if (sight) return sight;
  throw checkFailed(
    'the look at what the host has',
    `exit code ${result.exitCode}, cut short: ${result.stderr.trim()}`,
  );
}

function sentinelFile({ path, exists, packages }: Sight['files'][number]): RebootEvidence {
  const check = 'sentinel-file';
  if (!exists) return { check, needed: false, detail: `${path} does not exist` };
  if (packages.length === 0) return { check, needed: true, detail: `${path} exists` };
  return { check, needed: true, detail: `${path} exists, asked for by ${packages.join(', ')}`, packages };
}

async function sentinelCommand(ask: HostAsk): Promise<RebootEvidence> {
  const check = 'sentinel-command';
  const { exitCode, stdout, stderr } = await runCheck(ask, check, {
    text: ask.policy.reboot.sentinelCommand,
    args: [],
  });
  const words = `${stdout}${stderr}`.trim().slice(-500);
  const detail = `the sentinel command ended with exit code ${exitCode}${words === '' ? '' : `: ${words}`}`;
  if (exitCode !== 0 && exitCode !== 1) throw checkFailed(check, detail);
  return { check, needed: exitCode === 0, detail, exitCode };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}
