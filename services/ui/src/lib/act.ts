import { signal } from '@preact/signals';
import type { Command } from '../../../../shared/domain/command.ts';
import { ApiProblem, send } from './http.ts';

/** An act that a person is about to do, and is asked about. */
export interface AskedAct {
  readonly rollout: string;
  readonly command: Command;
  /** For a limit: what it is now; null: not known. */
  readonly now: number | null;
}

/** What came of an act, in the server's words. */
export interface ActResult {
  readonly rollout: string;
  readonly note: string;
  /** False: it was not taken, and its dialog is closed already. */
  readonly isDone: boolean;
}

/** The act the dialog asks about; null: none. */
export const askedAct = signal<AskedAct | null>(null);

/** What was done last; null: nothing that is still worth showing. */
export const lastResult = signal<ActResult | null>(null);

/** Opens the dialog. `now`: for a limit, what it is. */
export function askAct(rollout: string, command: Command, now: number | null = null): void {
  askedAct.value = { rollout, command, now };
}

/** Gives the command. The problem in words when it was not taken; null when it was, its note is then {@link lastResult}. */
export async function giveCommand(rollout: string, command: Command, why: string): Promise<string | null> {
  const path = `/rollouts/${encodeURIComponent(rollout)}/commands`;
  try {
    const { note } = await send<{ readonly note: string }>('POST', path, { ...command, why });
    lastResult.value = { rollout, note, isDone: true };
    return null;
  } catch (error) {
    return problemText(error);
  }
}

function problemText(error: unknown): string {
  if (!(error instanceof ApiProblem)) return String(error);
  if (error.status === 409) return `Refused: ${error.message}`;
  // What is done already is not done twice, so this is no danger.
  if (error.status === 0) return 'The server does not answer: it may have been done or not. Do it again once it does.';
  return [error.message, ...error.fields].join('; ');
}
