import type { PlannedStep } from '../plan.ts';
import type { NodePolicy } from '../policy.ts';
import { STEPS, type StepName } from '../steps.ts';

/** The six steps of a node, with the reason for each that is known beforehand not to be done. */
export function plannedSteps(policy: NodePolicy, inKubernetes: boolean): PlannedStep[] {
  return STEPS.map(step => {
    const skip = skipReason(step, policy, inKubernetes);
    return skip === null ? { step } : { step, skip };
  });
}

function skipReason(step: StepName, policy: NodePolicy, inKubernetes: boolean): string | null {
  if ((step === 'drain' || step === 'uncordon') && !inKubernetes) return 'not in Kubernetes';
  if (step === 'upgrade' && policy.upgrade.manager === 'none') return 'upgrade.manager is none';
  if (step === 'reboot' && policy.reboot.when === 'never') return 'reboot.when is never';
  return null;
}
