import type { Script } from '../../ports/host.ts';
import { quote, quoteAll } from '../quote.ts';
import { BASE_SH } from './base.ts';
import { FACTS_SH } from './facts.ts';
import { FENCE_SH } from './fence.ts';
import { LOCK_SH } from './lock.ts';
import { LOOK_SH } from './look.ts';
import { REBOOT_SH } from './reboot.ts';
import { RUN_SH } from './run.ts';
import { TASKS_SH } from './tasks.ts';

const MAIN_SH = String.raw`
nt_main() {
  nt_verb=$1
  shift
  printf 'nodetide-runner 1\n'
  if [ "$nt_verb" = run ]; then
    eval "set -- $NT_ARGS"
    nt_run "$@"
    return
  fi
  umask 077 2>/dev/null
  case $nt_verb in
    facts) nt_facts ;;
    own) nt_own "$@" ;;
    disown) nt_disown "$@" ;;
    start) nt_start "$@" ;;
    poll) nt_poll "$@" ;;
    reboot) nt_reboot "$@" ;;
    *) nt_refuse 97 "unknown verb $nt_verb" ;;
  esac
}
{ [ "$1" != run ] || exec 3<&0; nt_main "$@" </dev/null; exit; }
`;

/** What the runner can be asked; see docs/hosts.md for each one's arguments and answer. */
export type RunnerVerb = 'facts' | 'own' | 'disown' | 'start' | 'poll' | 'reboot' | 'run';

const PARTS: Readonly<Record<RunnerVerb, readonly string[]>> = {
  run: [RUN_SH],
  own: [BASE_SH, LOCK_SH, FENCE_SH],
  disown: [BASE_SH, LOCK_SH, FENCE_SH],
  poll: [BASE_SH, LOCK_SH, LOOK_SH],
  facts: [BASE_SH, LOCK_SH, LOOK_SH, FACTS_SH],
  start: [BASE_SH, LOCK_SH, FENCE_SH, LOOK_SH, TASKS_SH],
  reboot: [BASE_SH, LOCK_SH, FENCE_SH, LOOK_SH, TASKS_SH, FACTS_SH, REBOOT_SH],
};

/**
 * The program that acts on a host, for the standard input of `sh -s -- VERB ARGUMENTS…`; only what the verb needs. Its
 * first line of output is {@link RUNNER_HELLO}; a refusal is the line `refused WHY` and an exit code of REFUSALS.
 * It works below $NODETIDE_ROOT if that is set, else below /. `script` (of `start`, `run`, `reboot`) travels in it, so
 * that neither sudo's log nor the process list holds it.
 */
export function runnerFor(verb: RunnerVerb, script?: Script): string {
  const data = script ? `NT_SCRIPT=${quote(script.text)}\nNT_ARGS=${quote(quoteAll(script.args))}\n` : '';
  return `${data}${PARTS[verb].join('')}${MAIN_SH}`;
}

/** What the runner says first: what comes before it is the login shell's. */
export const RUNNER_HELLO = 'nodetide-runner 1\n';
