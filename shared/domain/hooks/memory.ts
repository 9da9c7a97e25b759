import type { HookTarget } from './hook.ts';
import type { HookMoment } from './moment.ts';

/** What is kept of the hooks of a node's round. */
export interface HookMemory {
  /** What has really begun: its hooks `after` have a reason to run. */
  readonly begun: readonly HookTarget[];
  /** Which have succeeded, or were passed over. */
  readonly ran: readonly string[];
  /** What the hooks before the step took in this attempt: none of the step's own time. */
  readonly spent: HookTime;
}

/** Time of an attempt that hooks took. */
export interface HookTime {
  readonly attempt: number;
  readonly ms: number;
  /** Hooks are under way since this much of the attempt's time was over. Missing: none are. */
  readonly sinceMs?: number;
}

const NOTHING: HookMemory = { begun: [], ran: [], spent: { attempt: 0, ms: 0 } };

/**
 * What was kept, or nothing. Hooks whose process died in them took the time of the attempt up to now. `elapsedMs`: how
 * much that is.
 */
export function hookMemoryOf(kept: unknown, elapsedMs: number): HookMemory {
  const memory = (kept as HookMemory | null) ?? NOTHING;
  const { attempt, ms, sinceMs } = memory.spent;
  if (sinceMs === undefined) return memory;
  return { ...memory, spent: { attempt, ms: ms + Math.max(0, elapsedMs - sinceMs) } };
}

/** With hooks under way since this much of the attempt's time was over. */
export function withUnderWay(memory: HookMemory, attempt: number, sinceMs: number): HookMemory {
  return { ...memory, spent: { attempt, ms: spentMs(memory, attempt), sinceMs: Math.round(sinceMs) } };
}

/** With `of` begun. */
export function withBegun(memory: HookMemory, of: HookTarget): HookMemory {
  return memory.begun.includes(of) ? memory : { ...memory, begun: [...memory.begun, of] };
}

/** With a hook that needs no further run at this moment. */
export function withRun(memory: HookMemory, hook: string, moment: HookMoment): HookMemory {
  return { ...memory, ran: [...memory.ran, runKey(hook, moment)] };
}

/** Whether a hook needs no further run at this moment. */
export function hasRun(memory: HookMemory, hook: string, moment: HookMoment): boolean {
  return memory.ran.includes(runKey(hook, moment));
}

/** What the hooks before the step took in this attempt, ms. */
export function spentMs({ spent }: HookMemory, attempt: number): number {
  return spent.attempt === attempt ? spent.ms : 0;
}

/** With more time taken by hooks before the step. */
export function withSpent(memory: HookMemory, attempt: number, ms: number): HookMemory {
  return { ...memory, spent: { attempt, ms: Math.round(spentMs(memory, attempt) + ms) } };
}

/**
 * After a step has failed for good: what a person tries again, perhaps days later, needs its hooks again. What has begun
 * stays so.
 */
export function afterFailure(memory: HookMemory): HookMemory {
  return { ...NOTHING, begun: memory.begun };
}

/** A name alone would do, but for a hook that runs at several ends. */
function runKey(hook: string, moment: HookMoment): string {
  return moment.when === 'before' ? hook : `${hook} ${moment.outcome}`;
}
