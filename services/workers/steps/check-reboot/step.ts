import { reasonsOf } from '../../../../shared/domain/reboot-due.ts';
import type { Step, StepContext, StepOutcome } from '../../../../shared/ports/step.ts';
import { isRebootDue } from '../../common/due.ts';
import { giveBackUntouched } from '../../common/give-back.ts';
import { leftAs } from '../../common/left-as.ts';
import { standingBefore } from '../../common/standing.ts';
import { saysUpgraded, wasUpgraded } from '../../common/upgraded.ts';

/** What the check-reboot step keeps in a round: that the node was given back. */
interface CheckMemory {
  readonly givenBack: true;
}

type Context = StepContext<CheckMemory>;

/** Asks the host, in all the ways the policy names, whether a reboot is due; changes nothing. */
export const checkRebootStep: Step<'check-reboot', CheckMemory> = {
  name: 'check-reboot',
  run,
  giveUp,
  standing: standingBefore,
};

/** A drained node on which nothing was changed is not kept empty for a check that cannot run. */
async function giveUp(context: Context): Promise<string> {
  const unknown = 'not known whether a reboot is due';
  if (wasUpgraded(context.proofs)) return `${saysUpgraded(context.proofs)}, ${unknown}; ${await leftAs(context)}`;
  const afterwards: CheckMemory = { givenBack: true };
  return `nothing was upgraded, ${unknown}; ${await giveBackUntouched(context, { afterwards })}`;
}

async function run(context: Context): Promise<StepOutcome<'check-reboot'>> {
  const facts = await context.host.facts(context.signal);
  const proof = await isRebootDue(context, facts);
  const reasons = reasonsOf(proof.evidence);
  const warnings = (proof.warnings ?? []).map(warning => `; ${warning}`).join('');
  const note = `${proof.needed ? `a reboot is due: ${reasons.join('; ')}` : 'no reboot is due'}${warnings}`;
  const givenBack = context.memory?.givenBack === true;
  return { kind: 'done', proof: { ...proof, ...(givenBack ? { givenBack } : {}) }, note };
}
