import type { CommandResult, Script } from '../../../../shared/ports/host.ts';

/** What a check found; `failed`: it could not run, which is never a "no". */
export type Answer =
  | {
      readonly kind: 'said';
      /** null: it cannot tell on this host. */
      readonly needed: boolean | null;
      readonly detail: string;
      readonly packages?: readonly string[];
    }
  | { readonly kind: 'failed'; readonly why: string };

/** One program that can be asked, and how its answer is read. Pure. */
export interface Tool {
  readonly script: Script;
  read(result: CommandResult): Answer;
}

export function said(needed: boolean | null, detail: string, packages: readonly string[] = []): Answer {
  return { kind: 'said', needed, detail, ...(packages.length > 0 ? { packages } : {}) };
}

/** With what the program said of itself, shortened. */
export function failed(name: string, { exitCode, stdout, stderr }: CommandResult): Answer {
  const words = `${stdout}\n${stderr}`.trim().slice(-500);
  return { kind: 'failed', why: `${name} ended with exit code ${exitCode}${words === '' ? '' : `: ${words}`}` };
}
