import type { HookEvent } from '../events.ts';

/** A hook that failed and was passed over, for people. */
export function hookWarning({ hook, when, of, reason }: Extract<HookEvent, { type: 'hook-failed' }>): string {
  return `hook ${hook} (${when} ${of}) failed: ${reason}`;
}
