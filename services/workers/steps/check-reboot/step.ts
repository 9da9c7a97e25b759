import { reasonsOf } from '../../../../shared/domain/reboot-due.ts';
import type { Step, StepContext, StepOutcome } from '../../../../shared/ports/step.ts';
import { isRebootDue } from '../../common/due.ts';
import { leftAs } from '../../common/left-as.ts';
import { saysUpgraded } from '../../common/upgraded.ts';

/** Asks the host, in all the ways the policy names, whether a reboot is due; changes nothing. */
export const checkRebootStep: Step<'check-reboot', null> = {
  name: 'check-reboot',
  run,
  giveUp: async context =>
    `${saysUpgraded(context.proofs)}, not known whether a reboot is due; ${await leftAs(context)}`,
};

async function run(context: StepContext<null>): Promise<StepOutcome<'check-reboot'>> {
  const facts = await context.host.facts(context.signal);
  const proof = await isRebootDue(context, facts);
  const reasons = reasonsOf(proof.evidence);
  const warnings = (proof.warnings ?? []).map(warning => `; ${warning}`).join('');
  const note = `${proof.needed ? `a reboot is due: ${reasons.join('; ')}` : 'no reboot is due'}${warnings}`;
  return { kind: 'done', proof, note };
}
