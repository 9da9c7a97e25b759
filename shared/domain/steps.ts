/** The six steps of a node's chain, in the order in which they are done. */
export const STEPS = ['drain', 'upgrade', 'check-reboot', 'reboot', 'verify', 'uncordon'] as const;

/** One step of a chain; also the name of its queue. */
export type StepName = (typeof STEPS)[number];

/** The step that must have an outcome before `step` may begin; undefined for the first. */
export function predecessorOf(step: StepName): StepName | undefined {
  return STEPS[STEPS.indexOf(step) - 1];
}

/** Whether `text` names a step. */
export function isStepName(text: string): text is StepName {
  return (STEPS as readonly string[]).includes(text);
}
