import type { CommandAnswer } from '../../../../shared/ports/store.ts';

/** Who acts, and why. */
export interface Actor {
  readonly by: string;
  readonly why: string;
}

/** Refused. */
export const no = (note: string): CommandAnswer => ({ ok: false, note });
/** Done before. */
export const already = (note: string): CommandAnswer => ({ ok: true, note: `already ${note}` });
/** Done. */
export const yes = (note: string): CommandAnswer => ({ ok: true, note });
