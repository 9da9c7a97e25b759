/**
 * How detached tasks stand. One folder each below `tasks`: `script`, `run` (the wrapper), `boot` (written last: the
 * task counts as started), `unit` or `pid`, `log`, and `exit`, moved into place as the last thing the wrapper does. A log
 * that ran away was cut: `cut` (two offsets), `log.begin`, `log.OFFSET` (what stood between the two); see logs.ts.
 */
export const LOOK_SH = String.raw`
nt_alive() {
  if [ -s "$1/unit" ]; then
    case $(systemctl is-active "$(cat "$1/unit")" 2>/dev/null) in
      inactive | failed | unknown) return 1 ;;
    esac
    return 0
  fi
  a_pid=
  { read -r a_pid <"$1/pid"; } 2>/dev/null
  [ -n "$a_pid" ] && [ -d "/proc/$a_pid" ] || return 1
  case $(tr '\000' ' ' <"/proc/$a_pid/cmdline" 2>/dev/null) in
    *"$1/run"*) return 0 ;;
  esac
  return 1
}

# Reads the exit code of the task in folder $1 into nt_exit. Fails when there is none, or no number: a power cut may
# leave a file full of NUL bytes.
nt_ended() {
  nt_exit=
  { read -r nt_exit <"$1/exit"; } 2>/dev/null
  [ -n "$nt_exit" ] && [ "$nt_exit" -ge 0 ] 2>/dev/null && return
  nt_exit=
  return 1
}

# State of the task in folder $1: running, exited (nt_exit), cut (by a reboot), gone (without a word).
nt_look() {
  nt_is=exited l_boot=
  ! nt_ended "$1" || return 0
  read -r l_boot <"$1/boot"
  nt_is=cut
  [ "$l_boot" = "$nt_boot" ] || return 0
  nt_is=running
  ! nt_alive "$1" || return 0
  nt_is=gone
  ! nt_ended "$1" || nt_is=exited
  # One that is just being started has no process yet.
  [ "$nt_is" = exited ] || ! nt_locked_by_others || nt_is=running
}

# Sets nt_other to the id of a task that runs now; fails when there is none.
nt_running() {
  for r_file in "$S"/tasks/*/boot; do
    [ -f "$r_file" ] || continue
    r_folder=$(dirname "$r_file")
    nt_look "$r_folder"
    if [ "$nt_is" = running ]; then
      nt_other=$(basename "$r_folder")
      return 0
    fi
  done
  return 1
}

# FILE: sets nt_size, bytes; 0: it is not there.
nt_measure() {
  set -- $(ls -ln "$1" 2>/dev/null)
  nt_size=0
  [ -z "$5" ] || nt_size=$(($5))
}

# FILE OFFSET MOST
nt_piece() {
  [ "$3" -le 0 ] || tail -c "+$(($2 + 1))" "$1" 2>/dev/null | head -c "$3"
}

# ID OFFSET MOST: state, how long the log is by now, an empty line, at most MOST bytes of the log after OFFSET, or after the offset it says, where
# those in between were left out. The state is read first: after an end, what the log has then is all.
nt_poll() {
  nt_boot_id
  p_folder=$S/tasks/$1
  if [ ! -s "$p_folder/boot" ]; then
    printf 'state none\n\n'
    return
  fi
  nt_look "$p_folder"
  nt_measure "$p_folder/log"
  p_at=$2 p_file=$p_folder/log p_base=0 p_end=$nt_size p_all=$nt_size
  p_from=0 p_to=0
  [ ! -s "$p_folder/cut" ] || read -r p_from p_to <"$p_folder/cut"
  [ "$p_all" -ge "$p_to" ] || p_all=$p_to
  if [ "$p_at" -lt "$p_to" ]; then
    p_file=$p_folder/log.begin
    nt_measure "$p_file"
    p_end=$nt_size
    if [ "$p_at" -ge "$p_end" ]; then
      [ "$p_at" -ge "$p_from" ] || p_at=$p_from
      p_file=$p_folder/log.$p_from p_base=$p_from
      nt_measure "$p_file"
      p_end=$(($p_from + $nt_size))
      # A full disk took less of it than it should.
      [ "$p_at" -lt "$p_end" ] || p_at=$p_to p_file=$p_folder/log p_base=0 p_end=$p_all
    fi
  fi
  p_most=$(($p_end - $p_at))
  [ "$p_most" -le "$3" ] || p_most=$3
  printf 'state %s %s\nboot %s\nfrom %s\nsize %s\n\n' "$nt_is" "$nt_exit" "$nt_boot" "$p_at" "$p_all"
  nt_piece "$p_file" "$(($p_at - $p_base))" "$p_most"
}
`;
