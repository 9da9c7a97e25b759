import type { StepName } from '../../domain/steps.ts';
import { option, section } from '../option.ts';
import { duration, positiveDuration, whole } from '../values.ts';

/** Default time-outs: what is usual with room to spare. */
const TIMEOUTS: Readonly<Record<StepName, string>> = {
  drain: '15m',
  upgrade: '60m',
  'check-reboot': '5m',
  reboot: '45m',
  verify: '15m',
  uncordon: '5m',
};

/** The keys of one step's limits. */
export function limitsTable(step: StepName) {
  return {
    timeout: option(positiveDuration, 'How long one attempt may take.', { default: TIMEOUTS[step] }),
    attempts: option(whole(1, 100), 'Attempts without a person.', { default: 3 }),
    backoff: option(duration, 'Wait before the second attempt; doubles each time, with jitter.', { default: '10s' }),
    backoffMax: option(duration, 'Longest wait between attempts.', { default: '5m' }),
  };
}

const limitsSchema = (step: StepName) =>
  section(`Limits-${step}`, `How long and how often ${step} is tried.`, limitsTable(step));

export const stepsTable = {
  drain: option(limitsSchema('drain'), 'Limits of drain.'),
  upgrade: option(limitsSchema('upgrade'), 'Limits of upgrade; a time-out only lets go of what runs on the host.'),
  'check-reboot': option(limitsSchema('check-reboot'), 'Limits of check-reboot.'),
  reboot: option(limitsSchema('reboot'), 'Limits of reboot, including the boot.'),
  verify: option(limitsSchema('verify'), 'Limits of verify, including the soak.'),
  uncordon: option(limitsSchema('uncordon'), 'Limits of uncordon.'),
} satisfies Record<StepName, unknown>;

/** `policy.steps`. */
export const stepsSchema = section('Steps', 'How long and how often each step is tried.', stepsTable);
