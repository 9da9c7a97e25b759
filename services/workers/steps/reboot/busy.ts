import type { StepError } from '../../../../shared/domain/failure.ts';
import { fail } from '../../../../shared/domain/failures/catalogue.ts';
import type { StepContext } from '../../../../shared/ports/step.ts';
import { deadlineOf } from '../../common/deadline.ts';

/** Come back later. */
export interface Later {
  readonly kind: 'again';
  readonly afterMs: number;
  readonly reason: string;
  readonly account?: readonly string[];
}

const BUSY_MS = 5_000;
const MOMENT_MS = 1_000;

/** No reboot while a package transaction runs: it is waited for, without an attempt. StepError `host-busy` at the step's end. */
export function waitForTransaction(context: StepContext<unknown>, holder: string): Later {
  const { node, clock } = context;
  const message = `${node.name} is not rebooted while packages are changed: ${holder}`;
  if (clock.now() >= deadlineOf(context, 'reboot')) throw fail('host-busy', { message });
  // The number of a process changes at every look: the reason would be told each time.
  const reason = `no reboot while packages are changed: ${holder.replaceAll(/ \(process \d+\)/g, '')}`;
  return { kind: 'again', afterMs: BUSY_MS, reason, account: [holder] };
}

/** Refusals of a moment: everything is looked at again. */
const OF_A_MOMENT: Readonly<Record<string, string>> = {
  'host-boot-id-changed': 'the host was rebooted just now',
  'host-order-expired': 'the order came too late: looking again',
};

/** What follows when the host refused an order, which was struck out. Throws the refusal when no waiting mends it. */
export function afterRefusal(context: StepContext<unknown>, refused: StepError): Later {
  const { code, message, seen } = refused.failure;
  if (code === 'host-busy') return waitForTransaction(context, seen ?? message);
  const reason = OF_A_MOMENT[code];
  if (reason === undefined || context.clock.now() >= deadlineOf(context, 'reboot')) throw refused;
  return { kind: 'again', afterMs: MOMENT_MS, reason };
}
