# NUMBER SECONDS BY: after that time, the first line of state/strikes comes true, and is taken away.
. "$HOST/bin/lib.sh"

logins() {
  grep -c 'Connection from' "$HOST/sshd.log"
}

sleep "$2"
while read -r number kind what _ _ _ seconds down <"$STATE/strikes" && [ "$number" = "$1" ]; do
  mkdir "$STATE/claimed-$number" 2>/dev/null || exit 0
  sed 1d "$STATE/strikes" >"$STATE/strikes.new"
  case $kind in
    kill)
      # Of those that may be killed now only one is taken.
      until mv "$VICTIM" "$STATE/victim-$number" 2>/dev/null; do
        [ -d "$STATE" ] || exit 0
        sleep 0.02
      done
      mv -f "$STATE/strikes.new" "$STATE/strikes"
      kill -KILL "$(cat "$STATE/victim-$number")"
      before=$(logins)
      : >"$STATE/struck-$number"
      ;;
    reboot)
      before=$(logins)
      mv -f "$STATE/strikes.new" "$STATE/strikes"
      : >"$STATE/struck-$number"
      /bin/sh "$HOST/bin/reboot.sh"
      ;;
    *)
      server=$(cat "$HOST/sshd.pid")
      rm -f "$HOST/sshd.pid"
      mv -f "$STATE/strikes.new" "$STATE/strikes"
      kill_servers "$server" "$kind"
      # Before it is back: who waited for it logs in at once.
      before=$(logins)
      : >"$STATE/struck-$number"
      sleep "$down"
      start_daemon
      ;;
  esac
  # The next may be meant for the login that follows.
  read -r number kind what _ _ _ seconds _ <"$STATE/strikes" && [ "$what" = login ] || exit 0
  until [ "$(logins)" -gt "$before" ]; do
    [ -d "$STATE" ] || exit 0
    sleep 0.02
  done
  sleep "$seconds"
  set -- "$number"
done
