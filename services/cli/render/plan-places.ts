import type { ApprovalPolicy } from '../../../shared/domain/approval/policy.ts';
import { spanText } from '../../../shared/domain/approval/text.ts';

/** Where something waits: a stage, a cluster or a wave of a plan. */
export interface Waits {
  readonly approval?: ApprovalPolicy;
  readonly canary?: ApprovalPolicy;
  readonly soakMs?: number;
}

/** What it waits for, each with a comma before it; empty: nothing. */
export function waitsText({ approval, canary, soakMs = 0 }: Waits): string {
  const parts = [
    approval && `approval before it${policyText(approval)}`,
    canary && `approval after its first node${policyText(canary)}`,
    soakMs > 0 && `then ${spanText(soakMs)} of soak`,
  ];
  return parts.map(part => (part ? `, ${part}` : '')).join('');
}

function policyText({ expiresMs, autoMs }: ApprovalPolicy): string {
  const parts: string[] = [];
  if (autoMs !== null) parts.push(`by itself after ${spanText(autoMs)}`);
  if (expiresMs !== null) parts.push(`for ${spanText(expiresMs)}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
