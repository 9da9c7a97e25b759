/** A script is killed after so long, however patient its caller: one whose caller vanished without a word must end, s. */
const LIMIT_SECONDS = 3600;

/**
 * Running a script to its end, in a session of its own. Beside it stands a guard that reads the input on which the
 * program came: it stays open while somebody waits for the answer. When it ends (the caller let go, or its connection
 * broke), or after an hour, the script and what it started are killed. No timeout(1) is needed.
 */
export const RUN_SH = String.raw`
nt_guard='
# Before the script has a session of its own, there is no group of it yet. At last the guard itself goes, both halves.
end() {
  kill -TERM "-$1" || kill -TERM "$1"
  for second in 1 2 3 4 5; do
    sleep 1
    kill -0 "-$1" || break
  done
  kill -KILL "-$1"
  kill -KILL 0
}
{ sleep ${LIMIT_SECONDS}; end "$1"; } &
while read -r _; do :; done
end "$1"
'

# ARGUMENTS…, with NT_SCRIPT, and its input as 3.
nt_run() {
  umask 022 2>/dev/null
  # A shell without jobs in the background says 0.
  : &
  if [ "$!" = 0 ] || ! command -v setsid >/dev/null; then
    sh -c "$NT_SCRIPT" sh "$@"
    return
  fi
  setsid sh -c "$NT_SCRIPT" sh "$@" 3<&- &
  nt_pid=$!
  # As a child of a subshell, whose end nobody reports.
  nt_guarding=$(setsid sh -c "$nt_guard" sh "$nt_pid" <&3 3<&- >/dev/null 2>&1 & printf '%s' "$!")
  wait "$nt_pid"
  nt_code=$?
  kill -KILL "-$nt_guarding" 2>/dev/null || kill -KILL "$nt_guarding" 2>/dev/null
  return "$nt_code"
}
`;
