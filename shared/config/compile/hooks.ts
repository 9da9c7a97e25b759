import type { Hook } from '../../domain/hooks/hook.ts';
import { fill } from '../option.ts';
import { type HookFile, hookTable } from '../schema/hooks.ts';

/** A list of hooks in our units, with what depends on `when` filled in. */
export function compileHooks(hooks: readonly HookFile[]): Hook[] {
  return hooks.map(compileHook);
}

function compileHook(file: HookFile): Hook {
  const { timeout, onFailure, outcomes, ...rest } = fill(hookTable, [file]);
  const before = rest.when === 'before';
  return {
    ...rest,
    timeoutMs: timeout.ms,
    onFailure: onFailure ?? (before ? 'stop' : 'warn'),
    outcomes: before ? [] : (outcomes ?? ['done']),
  };
}
