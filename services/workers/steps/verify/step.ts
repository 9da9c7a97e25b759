import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { VerifyProof } from '../../../../shared/domain/proof.ts';
import type { Step, StepContext, StepOutcome } from '../../../../shared/ports/step.ts';
import { proveVersions } from '../../common/baseline.ts';
import { deadlineOf } from '../../common/deadline.ts';
import { leftAs } from '../../common/left-as.ts';
import { REPAIRED_STANDING, standingBefore } from '../../common/standing.ts';
import { type Look, lookAt } from './look.ts';

/** What the verify step keeps in a round. */
export interface VerifyMemory {
  /** Since when every look found all checks good; null: the last look did not. */
  readonly wellSinceMs: number | null;
  /** When the last look ended. */
  readonly lastLookMs: number;
  /** How long it took. */
  readonly lookTookMs: number;
  /** Looks in a row with the same kind of result, for the pace. */
  readonly looks: number;
  /** The checks that did not hold at the last look. */
  readonly bad: string;
  /** Under which boot id the host answered at the last look; null: it did not. Missing: not kept. */
  readonly bootId?: string | null;
}

type Context = StepContext<VerifyMemory>;

const POLL_MIN_MS = 250;
const POLL_MAX_MS = 5_000;
/** When nobody looked for longer than this, nobody knows that the checks held. */
const BLIND_MAX_MS = 30_000;

/** Proves that the node is well, for the time the policy asks. */
export const verifyStep: Step<'verify', VerifyMemory> = {
  name: 'verify',
  run: runVerify,
  giveUp: async context => `upgraded, not proven well, kept out of service: ${await leftAs(context)}`,
  // Only a repair leaves the reboot step out: what was proved before it says little about the host.
  standing: context => (context.proofs.reboot ? standingBefore(context) : REPAIRED_STANDING),
};

async function runVerify(context: Context): Promise<StepOutcome<'verify'>> {
  const { clock, memory } = context;
  const deadlineMs = deadlineOf(context, 'verify');
  const pollMs = Math.min(POLL_MIN_MS * 1.5 ** Math.min(memory?.looks ?? 0, 20), POLL_MAX_MS);
  const startedMs = clock.now();
  const isLast = startedMs + pollMs + (memory?.lookTookMs ?? 0) >= deadlineMs;
  const look = await lookAt(context, isLast);
  const bad = look.checks.filter(check => !check.ok);
  if (bad.length > 0) {
    if (look.final || isLast) throw await notWell(context, look);
    const names = bad.map(check => check.check).join(', ');
    // What a check says may hold counters and times: it goes into the log, once, and not into the journal at every look.
    if (memory?.bad !== names)
      context.log(bad.map(({ check, detail }) => `not well yet: ${check}: ${detail}\n`).join(''));
    await context.remember({
      wellSinceMs: null,
      lastLookMs: clock.now(),
      lookTookMs: clock.now() - startedMs,
      looks: looksAfter(memory, false),
      bad: names,
      bootId: look.facts?.bootId ?? null,
    });
    return { kind: 'again', afterMs: pollMs, reason: `not well yet: ${names}` };
  }
  return soak(context, look, { pollMs, startedMs, isLate: startedMs >= deadlineMs });
}

async function soak(
  context: Context,
  look: Look,
  { pollMs, startedMs, isLate }: { readonly pollMs: number; readonly startedMs: number; readonly isLate: boolean },
): Promise<StepOutcome<'verify'>> {
  const { clock, memory, policy } = context;
  const nowMs = clock.now();
  const isBlind = memory !== null && startedMs - memory.lastLookMs > BLIND_MAX_MS;
  // A reboot between two looks (a crash, somebody else): what held before it says nothing.
  const bootId = look.facts?.bootId ?? null;
  const isAnew = memory?.bootId !== undefined && memory.bootId !== bootId;
  const wellSinceMs = isBlind || isAnew ? nowMs : (memory?.wellSinceMs ?? nowMs);
  const soakedMs = nowMs - wellSinceMs;
  const soakMs = isUntouched(context.proofs) ? 0 : policy.verify.soakMs;
  if (soakedMs >= soakMs) {
    const checks = look.checks.map(({ check, detail }) => ({ check, detail }));
    await proveVersions(context);
    const note = `${checks.length} checks hold, for ${seconds(soakedMs)}`;
    return { kind: 'done', proof: { checks, soakedMs, ...systemOf(look) }, note };
  }
  // One that is under way may end late; one that would have to begin anew then might never end.
  if (isLate && (isBlind || isAnew)) throw await notSoaked(context, isAnew);
  await context.remember({
    wellSinceMs,
    lastLookMs: nowMs,
    lookTookMs: nowMs - startedMs,
    looks: looksAfter(memory, true),
    bad: '',
    bootId,
  });
  const reason = `all checks hold; soaking for ${seconds(soakMs)}`;
  return { kind: 'again', afterMs: Math.max(1, Math.min(pollMs, soakMs - soakedMs)), reason };
}

function systemOf({ facts }: Look): Pick<VerifyProof, 'kernel' | 'os'> {
  return facts ? { kernel: facts.kernel, os: { id: facts.os.id, versionId: facts.os.versionId } } : {};
}

/** Nothing was done to the node that could show only after a while: one good look is enough. */
function isUntouched({ drain, upgrade, reboot }: Context['proofs']): boolean {
  if (!drain || !upgrade || !reboot) return false;
  // An exit code says that a command was run, whatever it changed.
  return !drain.drained && upgrade.changes.length === 0 && upgrade.exitCode === null && !reboot.rebooted;
}

/** A change of the result is followed closely again. */
function looksAfter(memory: VerifyMemory | null, well: boolean): number {
  return memory !== null && (memory.wellSinceMs !== null) === well ? memory.looks + 1 : 1;
}

async function notWell(context: Context, look: Look): Promise<Error> {
  const bad = look.checks.filter(check => !check.ok);
  const names = bad.map(check => check.check).join(', ');
  return fail(look.final ? 'verify-wrong-system' : 'verify-failed', {
    message: `${context.node.name} is not well: ${names}`,
    seen: bad.map(({ check, detail }) => `${check}: ${detail}`).join('\n'),
    leftAs: await leftAs(context),
  });
}

async function notSoaked(context: Context, isAnew: boolean): Promise<Error> {
  const why = isAnew ? 'its boot id changed between two looks' : 'nobody looked at it for too long between two looks';
  return fail('verify-failed', {
    message: `${context.node.name} was never seen to be well for the whole soak time`,
    seen: `all checks hold now, but ${why}`,
    leftAs: await leftAs(context),
  });
}

function seconds(ms: number): string {
  return `${ms < 10_000 ? Number((ms / 1000).toFixed(1)) : Math.round(ms / 1000)} s`;
}
