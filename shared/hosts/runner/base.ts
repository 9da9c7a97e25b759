/**
 * First part of the runner: where things are, writes that a power cut leaves old or new, refusals. Plain POSIX sh; no
 * `trap`, no `local`. Nothing may be refused inside `$(…)`: `exit` would leave the subshell only.
 */
export const BASE_SH = String.raw`
R=$NODETIDE_ROOT
S=$R/var/lib/nodetide
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin
LC_ALL=C
export PATH LC_ALL
nt_locked=

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

# Brings files and folders to the disk: by sync of coreutils or busybox, where there is one that takes names.
nt_sync() {
  command -v sync >/dev/null || return 0
  nt_said=$(sync "$@" 2>&1) && return
  case $nt_said in
    *'nput/output error'* | *'No space left'* | *'quota exceeded'*) nt_trouble "$nt_said" ;;
  esac
}

# FILE TEXT: a power cut leaves the old file or the new one, whole.
nt_put() {
  nt_said=$({ printf '%s\n' "$2" >"$1.new"; } 2>&1) || nt_trouble "$nt_said"
  nt_sync "$1.new"
  nt_try mv -f "$1.new" "$1"
  nt_sync "$(dirname "$1")"
}

# FILE TEXT: on the disk once something is put beside it.
nt_note() {
  nt_said=$({ printf '%s\n' "$2" >"$1"; } 2>&1) || nt_trouble "$nt_said"
  nt_sync "$1"
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
`;
