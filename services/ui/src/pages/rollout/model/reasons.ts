import type { WaitingStatus } from '../../../../../../shared/domain/status.ts';

/** What several slots wait for alike. */
export interface WaitReason {
  readonly reason: string;
  readonly slots: number;
  /** The longest. */
  readonly sinceMs: number;
}

/** Each different reason once, the oldest first. */
export function reasonsOf(waiting: readonly WaitingStatus[]): WaitReason[] {
  const found = new Map<string, WaitReason>();
  for (const { reasons, sinceMs } of waiting) {
    const reason = reasons.join('; ');
    const known = found.get(reason);
    found.set(reason, {
      reason,
      slots: (known?.slots ?? 0) + 1,
      sinceMs: Math.min(known?.sinceMs ?? sinceMs, sinceMs),
    });
  }
  return [...found.values()].sort((a, b) => a.sinceMs - b.sinceMs);
}
