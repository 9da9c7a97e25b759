import type { ApprovalPolicy } from './policy.ts';
import { instantText, spanText } from './text.ts';

/** Whether an approval is given by itself. */
export type AutoVerdict =
  /** Never, or not before what is wrong now is over. */
  | { readonly kind: 'no' }
  | { readonly kind: 'wait'; readonly untilMs: number }
  | { readonly kind: 'give'; readonly why: string };

/** `wellSinceMs`: since when nothing has failed and no alert kept anything; null: something does now. */
export function judgeAuto(
  approval: ApprovalPolicy | undefined,
  wellSinceMs: number | null,
  nowMs: number,
): AutoVerdict {
  if (!approval || approval.autoMs === null || wellSinceMs === null) return { kind: 'no' };
  const untilMs = wellSinceMs + approval.autoMs;
  if (nowMs < untilMs) return { kind: 'wait', untilMs };
  return { kind: 'give', why: `well for ${spanText(approval.autoMs)}` };
}

/** What is said of it behind what is waited for; empty: it is not given by itself. */
export function autoText(approval: ApprovalPolicy | undefined, opensAtMs: number | null): string {
  if (!approval || approval.autoMs === null) return '';
  if (opensAtMs !== null) return `, or by itself ${instantText(opensAtMs)} if all stays well`;
  return `, or by itself once all has been well for ${spanText(approval.autoMs)}`;
}
