import type { Command } from '../../../../shared/domain/command.ts';
import { ACT_WORDS, actSubject } from '../../../../shared/domain/words/act.ts';
import { askAct } from '../lib/act.ts';
import { may } from '../lib/person.ts';
import '../style/act.css';

interface ActButtonProps {
  readonly rollout: string;
  /** For a limit: what the dialog begins with. */
  readonly command: Command;
  /** For a limit: what it is now. */
  readonly now?: number | null;
  /** Default: the act's own word. */
  readonly label?: string;
  /** The likeliest thing to do here. */
  readonly isMain?: boolean;
}

const DANGEROUS: readonly Command['kind'][] = ['abort', 'skip'];

/** Asks about an act in a dialog; only operators may. Its accessible name is label and subject: `Retry dev/web-1`. */
export function ActButton({ rollout, command, now = null, label, isMain = false }: ActButtonProps) {
  const word = label ?? ACT_WORDS[command.kind].label;
  const allowed = may('operator');
  const look = DANGEROUS.includes(command.kind) ? 'danger' : isMain ? 'main' : undefined;
  return (
    <button
      type="button"
      class={look}
      aria-label={`${word} ${actSubject(command)}`}
      // One that is disabled outright could not be reached to learn why.
      aria-disabled={!allowed}
      title={allowed ? ACT_WORDS[command.kind].does : 'Only operators may do this'}
      onClick={() => {
        if (allowed) askAct(rollout, command, now);
      }}
    >
      {word}
    </button>
  );
}
