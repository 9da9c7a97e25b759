import type { Hook, HookOutcome, HookTarget } from './hook.ts';

/** A point at which hooks run. */
export type HookMoment =
  | { readonly when: 'before'; readonly of: HookTarget }
  | { readonly when: 'after'; readonly of: HookTarget; readonly outcome: HookOutcome };

/** The hooks of this moment, in their order. */
export function hooksAt(hooks: readonly Hook[], moment: HookMoment): Hook[] {
  return hooks.filter(hook => {
    if (hook.when !== moment.when || hook.of !== moment.of) return false;
    return moment.when === 'before' || hook.outcomes.includes(moment.outcome);
  });
}

/** Whether any hook goes around this, at whatever end. */
export function hasHooksOf(hooks: readonly Hook[], of: HookTarget): boolean {
  return hooks.some(hook => hook.of === of);
}

/** A moment for people: `before reboot`, `after node (failed)`. */
export function momentText(moment: HookMoment): string {
  const plain = `${moment.when} ${moment.of}`;
  return moment.when === 'before' || moment.outcome === 'done' ? plain : `${plain} (${moment.outcome})`;
}
