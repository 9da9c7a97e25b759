/** Before a brace of the shell's. */
const D = '$';

/**
 * The state folder, and the lock that all changes are made under. The lock is the kernel's (flock), which ends with its
 * holder whatever happens to it. Without flock it is a symbolic link that names its holder, by process id and start
 * time: a process id may be another's by now, a clock may jump.
 */
export const LOCK_SH = String.raw`
# FOLDER: refuses to work as root where somebody else could have put something. A link counts as what it leads to.
nt_safe() {
  set -- "$1" $(ls -ldn "$1/." 2>/dev/null)
  case $4 in
    0 | "$nt_uid") ;;
    *) nt_refuse 97 "$1 belongs to user $4; it must be root's" ;;
  esac
  case $2:$5 in
    ????????w*) ;;
    ?????-* | *:0 | *":$nt_gid") return ;;
  esac
  nt_refuse 97 "$1 can be written by others ($2); take that right away"
}

nt_state() {
  nt_uid=$(id -u)
  nt_gid=$(id -g)
  [ ! -L "$S" ] || nt_refuse 97 "$S is a symbolic link; it must be a folder"
  nt_try mkdir -p "$S/tasks"
  nt_safe "$R/var"
  nt_safe "$R/var/lib"
  nt_safe "$S"
  nt_try chmod 700 "$S"
}

# PID: sets nt_start to when it began, in ticks since the boot; fails when there is no such process.
nt_started() {
  nt_start=
  { read -r nt_stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- ${D}{nt_stat##*) }
  nt_start=${D}{20}
}

# LINK: does a process that lives hold it?
nt_held() {
  nt_holder=$(readlink "$1") || return 1
  nt_started "${D}{nt_holder%% *}" && [ "$nt_start" = "${D}{nt_holder#* }" ]
}

nt_link() {
  nt_started "$$" && ln -s "$$ $nt_start" "$1" 2>/dev/null
}

# A dead holder's lock is broken by one at a time.
nt_break() {
  ! nt_held "$1" && [ -n "$nt_holder" ] || return
  nt_dead=$nt_holder
  if nt_link "$S/break.$nt_boot"; then
    [ "$(readlink "$1")" != "$nt_dead" ] || rm -f "$1"
    rm -f "$S/break.$nt_boot"
  else
    nt_held "$S/break.$nt_boot" || rm -f "$S/break.$nt_boot"
  fi
}

nt_lock_once() {
  if [ "$nt_by" = 9 ]; then
    flock -n 9
  else
    nt_link "$nt_by" || { nt_break "$nt_by"; return 1; }
  fi
}

nt_lock() {
  nt_boot_id
  nt_state
  nt_by=$S/lock.$nt_boot
  if command -v flock >/dev/null; then
    nt_try touch "$S/lock"
    exec 9>>"$S/lock"
    nt_by=9
  fi
  nt_tries=0
  until nt_lock_once; do
    nt_tries=$((nt_tries + 1))
    [ "$nt_tries" -lt 100 ] || nt_trouble 'the lock in the state folder could not be taken within 10 s'
    sleep 0.1 || sleep 1
  done
  nt_locked=$nt_by
  for nt_old in "$S"/lock.* "$S"/break.* "$S"/*.new; do
    case $nt_old in
      *".$nt_boot" | *'*'*) ;;
      *) rm -rf "$nt_old" ;;
    esac
  done
}

nt_unlock() {
  case $nt_locked in
    '') ;;
    9) exec 9>&- ;;
    *) rm -f "$nt_locked" ;;
  esac
  nt_locked=
}

# Does somebody else change something now?
nt_locked_by_others() {
  [ -z "$nt_locked" ] || return 1
  if command -v flock >/dev/null; then
    [ -e "$S/lock" ] && ! flock -n "$S/lock" true
  else
    nt_held "$S/lock.$nt_boot"
  fi
}
`;
