import { z } from 'zod';
import { option, section } from '../option.ts';
import { duration, positiveDuration, yesNo } from '../values.ts';

export const approvalTable = {
  expires: option(positiveDuration, 'An approval that nothing began by within this time is asked for anew.', {
    otherwise: 'it does not expire',
  }),
  auto: option(
    positiveDuration,
    'It is given by itself once what came before has been well for this long: no failed node in the rollout, and no alert that keeps nodes from beginning.',
    { otherwise: 'only a person gives it' },
  ),
};

const approvalSection = section('ApprovalPolicy', "A person's word that is waited for.", approvalTable);

/** Where a person's word may be asked for. */
export const approvalSchema = z.union([yesNo, approvalSection], {
  error: 'true, false, or a mapping such as {expires: 8h, auto: 30m}',
});

export type ApprovalFile = z.output<typeof approvalSchema>;

const NONE = { otherwise: 'none is asked for' };

export const approvalsTable = {
  cluster: option(approvalSchema, 'Before the cluster begins.', NONE),
  wave: option(approvalSchema, 'Before each of its waves.', NONE),
  canary: option(approvalSchema, 'In each of its waves after the first node: it goes alone, the others wait.', NONE),
};

/** `policy.approval`. */
export const approvalsSchema = section('Approvals', 'Where a rollout waits for a person.', approvalsTable);

/** What stands in `policy`, and is resolved for each wave. */
export const placePolicyTable = {
  approval: option(approvalsSchema, 'Where a rollout waits for a person in the cluster.', { otherwise: 'nowhere' }),
  waveSoak: option(duration, 'After a wave is done, the next one of the cluster begins this much later.', {
    default: '0s',
  }),
};

/** What a wave says of itself. */
export const placeWaveTable = {
  approval: option(approvalSchema, 'A person is asked before this wave begins.', { otherwise: 'policy.approval.wave' }),
  canary: option(approvalSchema, 'A person is asked after the first node of this wave.', {
    otherwise: 'policy.approval.canary',
  }),
  soak: option(duration, 'After this wave is done, the next one of the cluster begins this much later.', {
    otherwise: 'policy.waveSoak',
  }),
};

/** What a stage says of itself. */
export const placeStageTable = {
  approval: option(approvalSchema, 'A person is asked before this stage begins.', NONE),
  soak: option(duration, 'After this stage is done, the next one begins this much later.', { default: '0s' }),
};
