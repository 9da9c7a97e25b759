import type { Proofs } from './proof.ts';
import type { StepName } from './steps.ts';

/** A Kubernetes Event on a Node, for people who look at it with kubectl. */
export interface NodeEvent {
  readonly node: string;
  /** The Node's UID: `kubectl describe node` finds events by it. */
  readonly uid: string;
  readonly type: 'Normal' | 'Warning';
  /** One word in UpperCamelCase: `Draining`. */
  readonly reason: string;
  readonly message: string;
  /** Which process tells it, for people. */
  readonly by: string;
}

/** What there is to say of an Event besides where it belongs. */
export type NodeEventText = Pick<NodeEvent, 'type' | 'reason' | 'message'>;

const FAILED: Readonly<Record<StepName, string>> = {
  drain: 'DrainFailed',
  upgrade: 'UpgradeFailed',
  'check-reboot': 'RebootCheckFailed',
  reboot: 'RebootFailed',
  verify: 'VerifyFailed',
  uncordon: 'UncordonFailed',
};

/** What a step that failed for good says on its Node. */
export function failedEvent(step: StepName, message: string): NodeEventText {
  return { type: 'Warning', reason: FAILED[step], message };
}

/** What a step that is done says on its Node; null: it did nothing there that is worth telling. */
export function doneEvent<S extends StepName>(step: S, proof: Proofs[S], note: string): NodeEventText | null {
  const reason = doneReason({ [step]: proof });
  return reason === null ? null : { type: 'Normal', reason, message: note };
}

function doneReason({ drain, upgrade, reboot, verify, uncordon }: Partial<Proofs>): string | null {
  if (drain) return drain.drained ? 'Drained' : null;
  if (upgrade) return upgrade.exitCode !== null || upgrade.changes.length > 0 ? 'Upgraded' : null;
  if (reboot) return reboot.rebooted ? 'Rebooted' : null;
  if (verify) return 'Verified';
  if (uncordon) return uncordon.uncordoned ? 'Uncordoned' : 'GivenBack';
  return null;
}
