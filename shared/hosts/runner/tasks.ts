import { LOGS_SH } from './logs.ts';

/**
 * Starting detached tasks. As a unit: at a shutdown the task gets SIGCONT instead of SIGTERM, and 15 minutes to end;
 * daemons that it started stay; a unit that failed is forgotten (--collect, systemd 236).
 */
export const TASKS_SH = String.raw`
nt_wrapper='
d=$1
NODETIDE_ROOT=$2
PATH=$3
HOME=/root
LC_ALL=C
export PATH HOME LC_ALL
[ -z "$NODETIDE_ROOT" ] || export NODETIDE_ROOT
umask 022 2>/dev/null
cd /
# Until here whoever starts another task waits: from now on this one can be seen.
printf "%s\n" "$$" >"$d/pid"
exec 9>&-
${LOGS_SH}
'
nt_wrapper_end='
nt_watch
sh "$d/script" "$@" >"$d/log" 2>&1 </dev/null
printf "%s\n" "$?" >"$d/exit.new"
[ -z "$nt_watcher" ] || kill "$nt_watcher"
sync "$d/log" "$d/exit.new" 2>/dev/null
mv -f "$d/exit.new" "$d/exit" && sync "$d" 2>/dev/null
exit 0
'

# OPTIONS…: the unit l_unit of the folder l_folder.
nt_unit() {
  nt_said=$(systemd-run --quiet --unit="$l_unit" "$@" /bin/sh "$l_folder/run" "$l_folder" "$R" "$PATH" 2>&1 </dev/null) ||
    nt_alive "$l_folder" || [ -s "$l_folder/exit" ]
}

# UNIT FOLDER PROPERTIES…: starts FOLDER/run detached, as UNIT with these properties, or as a session of its own. Fails
# with nt_said when it surely did not start.
nt_launch() {
  l_unit=$1
  l_folder=$2
  shift 2
  nt_said=
  if [ -d "$R/run/systemd/system" ] && command -v systemd-run >/dev/null; then
    nt_put "$l_folder/unit" "$l_unit.service"
    nt_unit --collect "$@" && return
    case $nt_said in
      *'nrecognized option'*) nt_unit "$@" ;;
      *'already loaded'*)
        # One of this name failed, and is still remembered.
        systemctl reset-failed "$l_unit.service" 2>/dev/null
        nt_unit --collect "$@"
        ;;
      *) return 1 ;;
    esac
    return
  fi
  setsid /bin/sh "$l_folder/run" "$l_folder" "$R" "$PATH" </dev/null >/dev/null 2>&1 &
  nt_put "$l_folder/pid" "$!"
}

# The last ten tasks stay. What a killed script left in /run goes after a day; no script runs that long.
nt_clean() {
  ls -1t "$S/tasks" | tail -n +10 | while read -r c_id; do
    nt_look "$S/tasks/$c_id" 2>/dev/null
    [ "$nt_is" = running ] || rm -rf "$S/tasks/$c_id"
  done
  find "$R/run" -maxdepth 1 -name 'nodetide-*' -mmin +1440 -exec rm -rf '{}' ';' 2>/dev/null
}

# ID INSTALLATION ROLLOUT NODE ROUND EPOCH, with NT_SCRIPT and NT_ARGS.
nt_start() {
  s_id=$1
  shift
  nt_begin "$@"
  s_folder=$S/tasks/$s_id
  if [ -s "$s_folder/boot" ]; then
    nt_unlock
    printf 'attached\n'
    return
  fi
  ! nt_running || nt_refuse 95 "task $nt_other runs on this host"
  nt_clean
  rm -rf "$s_folder"
  nt_try mkdir "$s_folder"
  nt_sync "$S/tasks"
  nt_note "$s_folder/script" "$NT_SCRIPT"
  nt_note "$s_folder/run" "$nt_wrapper set -- $NT_ARGS $nt_wrapper_end"
  nt_try touch "$s_folder/log"
  nt_now
  nt_note "$s_folder/started" "$nt_ms"
  nt_put "$s_folder/boot" "$nt_boot"
  nt_launch "nodetide-$s_id" "$s_folder" -p KillMode=process -p KillSignal=SIGCONT -p SendSIGKILL=no \
    -p TimeoutStopSec=900 || {
    rm -rf "$s_folder"
    nt_trouble "the task could not be started: $nt_said"
  }
  nt_unlock
  printf 'started\n'
}
`;
