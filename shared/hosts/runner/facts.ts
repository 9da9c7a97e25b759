/** Services that change packages, or get ready to: of Debian, Ubuntu, Fedora, RHEL, SUSE and PackageKit. */
const UNITS = [
  'apt-daily-upgrade',
  'apt-daily',
  'dnf-automatic',
  'dnf-automatic-install',
  'dnf5-automatic',
  'packagekit-offline-update',
  'rpm-ostreed-automatic',
  'transactional-update',
]
  .map(name => `${name}.service`)
  .join(' ');

/**
 * What runs on the host. A package transaction is seen by who holds the managers' lock files (/proc/locks, which needs
 * no extra tool), by the names of processes that change packages, and by services that do so of themselves. Processes
 * in containers (another pid namespace) do not count. unattended-upgrade locks a file of its own from its start to its
 * end, also between two runs of dpkg; its name says nothing, a process of that name waits for shutdowns all the time.
 * The script behind Debian's daily timers has a flock that flock(1) took for it: no process that lives is known by it.
 */
export const FACTS_SH = String.raw`
nt_pid_file() {
  { read -r p_pid _ <"$1"; } 2>/dev/null || return 1
  [ -n "$p_pid" ] && [ -d "$R/proc/$p_pid" ]
}

# Does process $1 really have file $2 open? When that cannot be seen, it counts as open.
nt_has_open() {
  f_list=$(ls -l "$R/proc/$1/fd" 2>/dev/null) || return 0
  case $f_list in
    *"-> $2"*) return 0 ;;
  esac
  return 1
}

nt_lock_holder() {
  l_inode=$(ls -di "$1" 2>/dev/null) || return 1
  set -- "$1" $l_inode
  while read -r _ l_kind _ _ l_pid l_where _; do
    case "$l_kind $l_where" in
      "->"*) ;;
      *:"$2")
        if [ "$l_pid" -gt 0 ] && nt_has_open "$l_pid" "$1"; then
          l_name=
          { read -r l_name <"$R/proc/$l_pid/comm"; } 2>/dev/null
          nt_busy="$l_name (process $l_pid) holds $1"
          return 0
        fi
        ;;
    esac
  done <"$R/proc/locks"
  return 1
}

nt_flocked() {
  [ -e "$1" ] && command -v flock >/dev/null && ! flock -n "$1" true 2>/dev/null
}

# Sets nt_busy to a service that changes packages and runs now.
nt_busy_unit() {
  [ -d "$R/run/systemd/system" ] || return 1
  set -- ${UNITS}
  for u_state in $(systemctl is-active "$@" 2>/dev/null); do
    case $u_state in
      active | activating | reloading | deactivating)
        nt_busy="$1 runs"
        return 0
        ;;
    esac
    shift
    [ "$#" -gt 0 ] || return 1
  done
  return 1
}

nt_in_container() {
  c_ours=$(readlink "$R/proc/1/ns/pid" 2>/dev/null) || return 1
  c_its=$(readlink "$1/ns/pid" 2>/dev/null) || return 1
  [ "$c_ours" != "$c_its" ]
}

# Sets nt_busy to the package transaction that runs now; fails when there is none.
nt_transaction() {
  nt_busy=
  if [ -r "$R/proc/locks" ]; then
    for t_file in "$R/var/lib/dpkg/lock-frontend" "$R/var/lib/dpkg/lock" "$R/var/lib/rpm/.rpm.lock" \
      "$R/usr/lib/sysimage/rpm/.rpm.lock" "$R/run/unattended-upgrades.lock"; do
      [ ! -e "$t_file" ] || ! nt_lock_holder "$t_file" || return 0
    done
  fi
  if nt_flocked "$R/var/lib/apt/daily_lock"; then
    nt_busy="the daily work of apt holds $R/var/lib/apt/daily_lock"
    return 0
  fi
  ! nt_busy_unit || return 0
  for t_file in "$R/run/zypp.pid" "$R/run/yum.pid"; do
    if [ -s "$t_file" ] && nt_pid_file "$t_file"; then
      nt_busy="process $p_pid holds $t_file"
      return 0
    fi
  done
  for t_file in "$R"/proc/[0-9]*/comm; do
    t_name=
    { read -r t_name <"$t_file"; } 2>/dev/null
    case $t_name in
      dpkg | rpm | dnf | dnf-3 | dnf5 | dnf-automatic | microdnf | yum | yum-cron | zypper | needrestart)
        if ! nt_in_container "$(dirname "$t_file")"; then
          nt_busy="$t_name (process $(basename "$(dirname "$t_file")")) runs"
          return 0
        fi
        ;;
    esac
  done
  return 1
}

# Sets f_image to what upgrades the system as an image; fails where packages are changed in place.
nt_image() {
  f_image=
  if [ -e "$R/run/ostree-booted" ] && command -v rpm-ostree >/dev/null 2>&1; then
    f_image=rpm-ostree
  elif command -v transactional-update >/dev/null 2>&1; then
    while read -r _ f_place _ f_options _; do
      [ "$f_place" = / ] || continue
      case ,$f_options, in
        *,ro,*) f_image=transactional-update ;;
        *) f_image= ;;
      esac
    done <"$R/proc/mounts"
  fi
  [ -n "$f_image" ]
}

nt_facts() {
  nt_boot_id
  nt_now
  f_up=
  read -r f_up _ <"$R/proc/uptime"
  printf 'boot %s\nkernel %s\narch %s\nhostname %s\nuptime %s\nnow %s\n' "$nt_boot" "$(uname -r)" "$(uname -m)" "$(uname -n)" "$f_up" "$nt_ms"
  if nt_image; then
    printf 'image %s\n' "$f_image"
  fi
  if nt_running; then
    printf 'transaction task %s of nodetide\n' "$nt_other"
  elif nt_transaction; then
    printf 'transaction %s\n' "$nt_busy"
  fi
  if [ -d "$R/run/systemd/system" ]; then
    printf 'systemd yes\n'
    systemctl list-units --state=failed --plain --no-legend --no-pager 2>/dev/null | while read -r f_unit _; do
      printf 'failed %s\n' "$f_unit"
    done
  fi
  for f_file in "$R/etc/os-release" "$R/usr/lib/os-release"; do
    if [ -r "$f_file" ]; then
      while IFS= read -r f_line || [ -n "$f_line" ]; do
        printf 'os %s\n' "$f_line"
      done <"$f_file"
      break
    fi
  done
}
`;
