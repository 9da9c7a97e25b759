# A command on a host that is to be struck; see test/helpers/strikes.ts for the lines of state/strikes.
. "$HOST/bin/lib.sh"
read -r number kind what nth where bytes seconds _ <"$STATE/strikes" || number=

plain() {
  exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"
}

# counts CLASS: is this the command that is waited for? One that ended too soon is not waited for.
counts() {
  case "$what $1" in
    "$1 $1") ;;
    'poll-running poll-exited') return 0 ;;
    *) return 1 ;;
  esac
  printf . >>"$STATE/seen-$number"
  [ "$(wc -c <"$STATE/seen-$number")" -eq "$nth" ]
}

# A process of its own, no child of the server: it has to outlive it.
strike() {
  (setsid /bin/sh "$HOST/bin/strike.sh" "$number" "$1" "$$" </dev/null >/dev/null 2>&1 &)
}

strike_now() {
  strike 0
  until [ -e "$STATE/struck-$number" ] || [ ! -d "$STATE" ]; do sleep 0.01; done
}

[ -n "$number" ] || plain
eval "set -- $SSH_ORIGINAL_COMMAND"
verb=$4
case $where in
  arrival)
    counts "$verb" || plain
    # Only a part of the script has come when it ends.
    head -c "$bytes" >"$STATE/part-$number"
    strike_now
    exec /bin/sh -c "$SSH_ORIGINAL_COMMAND" <"$STATE/part-$number"
    ;;
  during)
    counts "$verb" || plain
    strike "$seconds"
    plain
    ;;
esac
case $what in
  "$verb" | "$verb"-*) ;;
  *) plain ;;
esac
answer=$STATE/answer-$$
/bin/sh -c "$SSH_ORIGINAL_COMMAND" >"$answer"
code=$?
[ "$verb" != poll ] || verb=poll-$(sed -n 's/^state \([a-z]*\).*/\1/p' "$answer" | head -n 1)
if ! counts "$verb"; then
  cat "$answer"
elif [ "$where" = unanswered ]; then
  strike_now
  cat "$answer"
elif [ "$where" = midway ]; then
  head -c "$bytes" "$answer"
  strike_now
  tail -c "+$((bytes + 1))" "$answer"
else
  cat "$answer"
  strike "$seconds"
fi
rm -f "$answer"
exit "$code"
