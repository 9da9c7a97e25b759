/**
 * First part of the runner: where things are, atomic writes, refusals, the lock. Plain POSIX sh; no `trap`, no
 * `local`, no file descriptors beyond 2. Nothing may be refused inside `$(…)`: `exit` would leave the subshell only.
 */
export const BASE_SH = String.raw`
R=$NODETIDE_ROOT
S=$R/var/lib/nodetide
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin
LC_ALL=C
export PATH LC_ALL
nt_locked=

nt_unlock() {
  [ -z "$nt_locked" ] || rm -rf "$nt_locked"
  nt_locked=
}

nt_refuse() {
  nt_unlock
  printf 'refused %s\n' "$2"
  exit "$1"
}

nt_trouble() {
  nt_free=$(df -Pk "$S" 2>/dev/null | tail -n 1 | { read -r _ _ _ free _ && printf '%s' "$free"; })
  case $1:$nt_free in
    *'No space left'* | *'quota exceeded'* | *:0) nt_refuse 96 "$1" ;;
  esac
  nt_refuse 97 "$1"
}

nt_try() {
  nt_command=$1
  shift
  nt_said=$("$nt_command" "$@" 2>&1) || nt_trouble "$nt_said"
}

nt_put() {
  nt_said=$({ printf '%s\n' "$2" >"$1.new" && mv -f "$1.new" "$1"; } 2>&1) || nt_trouble "$nt_said"
}

nt_now() {
  nt_ms=$(date +%s%3N)
  case $nt_ms in
    *[!0-9]*) nt_ms=$(date +%s)000 ;;
  esac
}

nt_boot_id() {
  nt_boot=
  read -r nt_boot <"$R/proc/sys/kernel/random/boot_id" || nt_refuse 97 'the boot id cannot be read'
}

# Is process $1 gone for certain? Without /proc only the age of what it left (seconds, $2) can tell.
nt_dead() {
  if [ -d /proc/self ]; then
    [ ! -d "/proc/$1" ]
  else
    [ "$2" -gt 60 ]
  fi
}

# A folder whose maker died before it could say who it is shows by its age.
nt_older_than_a_minute() {
  [ -n "$(find "$1" -prune -mmin +1 2>/dev/null)" ]
}

nt_stale() {
  nt_holder=
  { read -r nt_holder nt_since _ <"$1/by"; } 2>/dev/null || nt_holder=
  if [ -z "$nt_holder" ]; then
    nt_older_than_a_minute "$1"
    return
  fi
  nt_dead "$nt_holder" $(($(date +%s) - nt_since))
}

# The lock's name holds the boot id: none outlives a boot. A dead holder's lock is broken by one at a time.
nt_lock() {
  nt_boot_id
  nt_try mkdir -p "$S/tasks"
  nt_try chmod 700 "$S"
  nt_tries=0
  while ! mkdir "$S/lock.$nt_boot" 2>/dev/null; do
    if nt_stale "$S/lock.$nt_boot" && mkdir "$S/break.$nt_boot" 2>/dev/null; then
      nt_stale "$S/lock.$nt_boot" && rm -rf "$S/lock.$nt_boot"
      rmdir "$S/break.$nt_boot"
    fi
    ! nt_older_than_a_minute "$S/break.$nt_boot" || rmdir "$S/break.$nt_boot"
    nt_tries=$((nt_tries + 1))
    [ "$nt_tries" -lt 100 ] || nt_trouble 'the lock in the state folder could not be taken within 10 s'
    sleep 0.1 || sleep 1
  done
  nt_locked=$S/lock.$nt_boot
  nt_put "$nt_locked/by" "$$ $(date +%s)"
}
`;
