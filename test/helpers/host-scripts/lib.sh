# Read by all scripts of a pretended host. HOST: its folder (env, state/, root/, sshd.conf).
. "$HOST/env"
STATE=$HOST/state
ROOT=$HOST/root

# act WHAT [DETAIL]: one line of the world's log, as the simulator writes it.
act() {
  detail=$2
  [ -n "$detail" ] || detail='{}'
  printf '{"at":"%s","cluster":"%s","node":"%s","act":"%s","sequence":%s,"detail":%s}\n' \
    "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" "$CLUSTER" "$NODE" "$1" "$SEQUENCE" "$detail" >>"$WORLD"
}

# setting NAME DEFAULT: what a test has written into the state folder.
setting() {
  if [ -f "$STATE/$1" ]; then cat "$STATE/$1"; else printf '%s' "$2"; fi
}

# kill_tree PID: the process and all below it, hard, as a power cut would.
kill_tree() {
  kill -STOP "$1" 2>/dev/null || return 0
  for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
    kill_tree "$child"
  done
  kill -KILL "$1" 2>/dev/null
}

# kill_servers PID KIND: the server and its sessions, as a cable is cut; with `crash` also the commands of the sessions, but
# nothing that has a session of its own.
kill_servers() {
  kill -STOP "$1" 2>/dev/null || return 0
  for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
    case $2:$(cat "/proc/$child/comm" 2>/dev/null) in
      *:sshd*) kill_servers "$child" "$2" ;;
      crash:*) kill_command "$child" ;;
    esac
  done
  kill -KILL "$1" 2>/dev/null
}

kill_command() {
  kill -STOP "$1" 2>/dev/null || return 0
  for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
    [ "$(session_of "$child")" = "$child" ] || kill_command "$child"
  done
  kill -KILL "$1" 2>/dev/null
}

session_of() {
  sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 4
}

# print_log: the next of the logs that a test gave (state/log-1, -2, …), in 30 pieces that cut lines and characters; sets
# `execution` and `code`.
print_log() {
  # What the world saw of it is the count: the host may be rebooted at any moment.
  execution=$(grep -c "\"node\":\"$NODE\",\"act\":\"upgrade\"" "$WORLD")
  code=$(setting "exit-$execution" "$(setting upgrade-exit 0)")
  [ -s "$STATE/log-$execution" ] || return 0
  size=$(($(wc -c <"$STATE/log-$execution")))
  piece=$((size / 30 + 1))
  printed=0
  while [ "$printed" -lt "$size" ]; do
    tail -c "+$((printed + 1))" "$STATE/log-$execution" | head -c "$piece"
    printed=$((printed + piece))
    sleep "$(setting "pause-$execution" 0.03)"
  done
}

# task_of PID: the detached task a process belongs to.
task_of() {
  tr '\000' '\n' <"/proc/$1/cmdline" | sed -n 's|.*/tasks/\([^/]*\)/script$|\1|p'
}

boot_id() {
  cat "$ROOT/proc/sys/kernel/random/boot_id"
}

# start_daemon: returns when it listens. One that ends is started again: the port may still be that of the one before. 1, with
# the server's last words: it always ends.
start_daemon() {
  rm -f "$HOST/sshd.pid"
  daemon=
  starts=0
  until [ -s "$HOST/sshd.pid" ]; do
    if [ -z "$daemon" ] || ! kill -0 "$daemon" 2>/dev/null; then
      [ "$starts" -lt 100 ] || break
      starts=$((starts + 1))
      launch_daemon
    fi
    sleep 0.02
  done
  [ -s "$HOST/sshd.pid" ] || { tail -n 3 "$HOST/sshd.log" >&2 && return 1; }
}

# launch_daemon: not by itself in the background, so that its end is seen; sets `daemon`.
launch_daemon() {
  [ -z "$SSHD_LIBS" ] || export LD_LIBRARY_PATH="$SSHD_LIBS"
  setsid /bin/sh "$HOST/bin/sshd.sh" "$SSHD" -D -f "$HOST/sshd.conf" -E "$HOST/sshd.log" </dev/null >/dev/null 2>&1 &
  daemon=$!
  unset LD_LIBRARY_PATH
}

stop_daemon() {
  [ ! -s "$HOST/sshd.pid" ] || kill_tree "$(cat "$HOST/sshd.pid")"
  rm -f "$HOST/sshd.pid"
}

# stop_tasks: what runs detached on the host ends with it.
stop_tasks() {
  for file in "$ROOT"/var/lib/nodetide/tasks/*/pid; do
    [ ! -s "$file" ] || [ -s "$(dirname "$file")/exit" ] || kill_tree "$(cat "$file")"
  done
}
