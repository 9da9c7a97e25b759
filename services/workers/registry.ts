import { STEPS, type StepName } from '../../shared/domain/steps.ts';
import type { Step } from '../../shared/ports/step.ts';
import { drainStep } from './steps/drain/step.ts';
import { uncordonStep } from './steps/uncordon/step.ts';
import { verifyStep } from './steps/verify/step.ts';

/** Every step there is. */
const ALL: Partial<Record<StepName, Step>> = {
  drain: drainStep,
  verify: verifyStep,
  uncordon: uncordonStep,
};

/** What carries out the steps of these names, in the order of a chain. */
export function stepsNamed(names: readonly StepName[]): readonly Step[] {
  return STEPS.filter(name => names.includes(name)).flatMap(name => ALL[name] ?? []);
}
