/**
 * Part of the program around a detached task: keeps its log from filling the disk, and is never in its way. The task
 * writes to a file, not through a pipe: whatever becomes of the watcher, no package manager gets a signal or waits. Once a
 * second, a log that has grown by more than 64 MiB is emptied; its first and its last 8 MiB before that are kept. The
 * writer goes on where it was, so offsets stay what they were, and the file holds a hole.
 *
 * In `$d`; defines nt_watch, which sets nt_watcher. No single quotes: it stands inside some.
 */
export const LOGS_SH = String.raw`
nt_size() {
  set -- $(ls -ln "$d/log")
  nt_size=$(($5))
}
nt_cut() {
  nt_size
  [ "$(($nt_size - $nt_kept))" -gt "$nt_most" ] || return
  nt_from=$(($nt_size - $nt_part))
  [ -e "$d/log.begin" ] || head -c "$nt_part" "$d/log" >"$d/log.begin"
  tail -c "+$(($nt_from + 1))" "$d/log" | head -c "$nt_part" >"$d/log.$nt_from"
  # What was written meanwhile; what comes between this and the end of the log is lost.
  nt_copied=$nt_size
  nt_size
  tail -c "+$(($nt_copied + 1))" "$d/log" | head -c "$(($nt_size - $nt_copied))" >>"$d/log.$nt_from"
  printf "%s %s\n" "$nt_from" "$nt_size" >"$d/cut.new"
  mv -f "$d/cut.new" "$d/cut"
  : >"$d/log"
  [ -z "$nt_last" ] || rm -f "$d/log.$nt_last"
  nt_last=$nt_from
  nt_kept=$nt_size
}
nt_watch() {
  nt_watcher=
  # A shell without jobs in the background says 0, and must not wait for ever.
  : &
  [ "$!" != 0 ] || return 0
  (
    nt_kept=0 nt_last=
    nt_most=$((64 * 1048576)) nt_part=$((8 * 1048576))
    while sleep 1 && kill -0 $$; do nt_cut; done
  ) </dev/null >/dev/null 2>&1 &
  nt_watcher=$!
}
`;
