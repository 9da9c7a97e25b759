import { STEPS, type StepName } from '../../shared/domain/steps.ts';
import type { Step } from '../../shared/ports/step.ts';
import { checkRebootStep } from './steps/check-reboot/step.ts';
import { drainStep } from './steps/drain/step.ts';
import { rebootStep } from './steps/reboot/step.ts';
import { uncordonStep } from './steps/uncordon/step.ts';
import { upgradeStep } from './steps/upgrade/step.ts';
import { verifyStep } from './steps/verify/step.ts';

/** Every step there is. */
const ALL: Readonly<Record<StepName, Step>> = {
  drain: drainStep,
  upgrade: upgradeStep,
  'check-reboot': checkRebootStep,
  reboot: rebootStep,
  verify: verifyStep,
  uncordon: uncordonStep,
};

/** What carries out the steps of these names, in the order of a chain. */
export function stepsNamed(names: readonly StepName[]): readonly Step[] {
  return STEPS.filter(name => names.includes(name)).map(name => ALL[name]);
}
