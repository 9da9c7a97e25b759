import { isStepForward } from '../../../../shared/domain/kernel-release.ts';
import type { RebootCheckName } from '../../../../shared/domain/policy.ts';
import type { Kernels, RebootEvidence } from '../../../../shared/domain/proof.ts';
import type { Answer } from './answer.ts';
import { type CheckAsk, checkFailed, checkMissing, runCheck } from './ask.ts';
import type { Sight } from './look.ts';
import { NEEDRESTART, readNeedrestart } from './needrestart.ts';
import { needsRestarting } from './needs-restarting.ts';
import { STAGED_IMAGE } from './staged-image.ts';
import { ZYPPER } from './zypper.ts';

/** The checks that ask a program of the host. */
export type ToolCheck = Extract<RebootCheckName, 'needs-restarting' | 'needrestart' | 'zypper' | 'staged-image'>;

export const TOOL_CHECKS: readonly ToolCheck[] = ['needs-restarting', 'needrestart', 'zypper', 'staged-image'];

/** What a tool's check found; `warning` empty: none. */
export interface Found {
  readonly evidence: RebootEvidence;
  readonly warning: string;
}

/** What a tool's check needs besides. */
export interface ToolAsk extends CheckAsk {
  readonly sight: Sight;
  /** The release that runs. */
  readonly running: string;
  /** Asked only when an answer depends on it. */
  readonly kernels: () => Promise<Kernels>;
}

/**
 * Asks the tool of one check. One that the policy names must be there and be able to tell. Throws StepError
 * `check-reboot-failed`, `check-reboot-missing`.
 */
export async function askTool(ask: ToolAsk, check: ToolCheck): Promise<Found> {
  const found = await askIfThere(ask, check);
  const { needed, detail } = found.evidence;
  if (needed === null && ask.policy.reboot.checks !== 'auto') throw checkMissing(check, detail);
  return found;
}

async function askIfThere(ask: ToolAsk, check: ToolCheck): Promise<Found> {
  const tool = ask.sight.tools.get(check);
  const notThere = { evidence: { check, needed: null, detail: `${check}: not there` }, warning: '' };
  if (tool === undefined) return notThere;
  if (check === 'needrestart') return askNeedrestart(ask);
  const one = check === 'zypper' ? ZYPPER : check === 'staged-image' ? STAGED_IMAGE.get(tool) : needsRestarting(tool);
  if (!one) return notThere;
  const result = await runCheck(ask, check, one.script);
  return { evidence: evidenceOf(check, one.read(result), result.exitCode), warning: '' };
}

/**
 * needrestart takes the highest version for the next kernel, whatever the boot loader would start. A reboot that brings
 * back the running kernel mends nothing and would be asked for again after it, for ever.
 */
async function askNeedrestart(ask: ToolAsk): Promise<Found> {
  const check = 'needrestart';
  const result = await runCheck(ask, check, NEEDRESTART);
  const { answer, onlyFor, warning } = readNeedrestart(result);
  const evidence = evidenceOf(check, answer, result.exitCode);
  if (onlyFor === null) return { evidence, warning };
  const { expected, by } = await ask.kernels();
  if (expected === null || isStepForward(ask.running, expected)) return { evidence, warning };
  const detail = `needrestart takes ${onlyFor} for the next kernel, but a reboot would start ${expected}: ${by}`;
  return { evidence: { ...evidence, needed: false, detail }, warning };
}

function evidenceOf(check: string, answer: Answer, exitCode: number): RebootEvidence {
  if (answer.kind === 'failed') throw checkFailed(check, answer.why);
  const { needed, detail, packages } = answer;
  return { check, needed, detail, exitCode, ...(packages ? { packages } : {}) };
}
