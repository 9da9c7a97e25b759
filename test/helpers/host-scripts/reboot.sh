# The host goes down and comes back: new boot id, the newest kernel, no sentinel.
. "$HOST/bin/lib.sh"
printf '%s\n' "$$" >"$HOST/boot.pid"
stop_daemon
stop_tasks
act down
[ "$(setting never-returns no)" = no ] || exit 0
sleep "$(setting boot-seconds 0.3)"
cat /proc/sys/kernel/random/uuid >"$ROOT/proc/sys/kernel/random/boot_id"
[ ! -s "$STATE/next-kernel" ] || mv -f "$STATE/next-kernel" "$STATE/kernel"
rm -f "$ROOT/var/run/reboot-required" "$ROOT/var/run/reboot-required.pkgs"
act up "{\"bootId\":\"$(boot_id)\",\"kernel\":\"$(cat "$STATE/kernel")\"}"
start_daemon
rm -f "$HOST/boot.pid"
