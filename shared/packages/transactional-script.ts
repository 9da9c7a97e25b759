import { IMAGE_COMMON } from './image.ts';
import { RPM_COMMON, RPM_INSTALLED } from './rpm.ts';
import { ZYPPER_XML } from './zypper-xml.ts';

/** The snapshots: the one that runs (its root is mounted from it) and the default of btrfs, which the next boot starts. */
const SNAPSHOTS = `
booted_snapshot() {
  awk '$2 == "/" && $3 == "btrfs" && match($4, /[.]snapshots\\/[0-9]+\\/snapshot/) {
    found = substr($4, RSTART + 11, RLENGTH - 20)
  }
  END { print found }' "$NODETIDE_ROOT/proc/mounts"
}

next_snapshot() {
  btrfs subvolume get-default / | sed -n 's|.*[.]snapshots/\\([0-9]*\\)/snapshot.*|\\1|p'
}
`;

/**
 * transactional-update (openSUSE MicroOS, Leap Micro, SLE Micro): zypper upgrades a new snapshot, which the next boot
 * starts. It has no dry run: zypper's own is asked, which needs no writable root. Its exit code is 1 for all errors; a
 * snapshot that failed is thrown away by it. \`--continue\`: on top of what waits for a reboot already, instead of without it.
 * It reboots only when told to (\`reboot\`), which it never is.
 */
const COMMON = `${RPM_COMMON}
log=$(mktemp "$folder/nodetide-XXXXXX") || exit

# end CODE
end() {
  rm -f "$log"
  exit "$1"
}
${IMAGE_COMMON}
# The host's own choice between up and dup; later files count.
own_method() {
  own=up
  set +f
  for file in "$R/usr/etc/transactional-update.conf" "$R"/usr/etc/transactional-update.conf.d/* "$R/etc/transactional-update.conf"; do
    [ -r "$file" ] || continue
    found=$(sed -n 's/^UPDATE_METHOD=["]\\{0,1\\}\\([a-z]*\\).*/\\1/p' "$file" | tail -n 1)
    own=\${found:-$own}
  done
  set -f
}

names=
case $mode in
  dist-upgrade) verb=dup ;;
  packages) verb='pkg update' names=$(named_names) ;;
  *)
    own_method
    verb=$own
    ;;
esac
case $verb in
  dup) simulated=dist-upgrade ;;
  *) simulated=update ;;
esac

zypp() {
  zypper --non-interactive "$@"
}

refresh_lists() {
  zypp refresh
}

refresh() {
  patiently 'System management is locked' refresh_lists
}
${ZYPPER_XML}
not_taken() {
  {
    printf '%s\\n' "$changes"
    available | sed 's/^/free /'
    available --all | sed 's/^/all /'
  } | awk '
    /^change\\t/ { split($0, field, "\\t"); taken[field[2]] = 1; next }
    $1 == "free" { free[$2] = 1 }
    $1 == "all" && !($2 in taken) { print $2, $3, $4, $2 in free ? "yes" : "no" }'
}

# Sets changes, left and problems; what went wrong is printed.
look() {
  changes= left= problems= simulation=
  if [ "$mode" != packages ] || [ -n "$names" ]; then
    simulation=$(zypp --no-refresh --xmlout $simulated --dry-run $names 2>&1)
    code=$?
    case $code in
      0 | 100 | 101 | 102 | 103) ;;
      *)
        printf '%s\\n' "$simulation"
        return "$code"
        ;;
    esac
    changes=$(printf '%s\\n' "$simulation" | as_changes)
  fi
  left=$(not_taken | left_lines)
  [ -z "$changes" ] || problems=$(
    printf '%s\\n' "$changes" | refused_removals
    printf '%s\\n' "$changes" | whole
    needs | lacking_space
  )
}

# Its lock is a file with the number of its holder, which it does not wait for.
wait_for_lock() {
  waited=0
  while holder=$(head -n 1 "$R/var/run/transactional-update.pid" 2>/dev/null) && [ -n "$holder" ] &&
    kill -0 "$holder" 2>/dev/null && [ "$waited" -lt "$lock_wait" ]; do
    [ "$waited" -gt 0 ] || printf 'transactional-update is locked by process %s\\n' "$holder"
    sleep 2
    waited=$((waited + 2))
  done
}
`;

/** Says what an upgrade would do, in the lines of withPolicy. Arguments as there. */
export const TRANSACTIONAL_PENDING = `${COMMON}
only_modes 'all dist-upgrade packages' 0
refresh >&2 || end "$?"
pending
`;

/** Makes the new snapshot; it runs from the next reboot on. */
export const TRANSACTIONAL_UPGRADE = `${COMMON}
only_modes 'all dist-upgrade packages' "$VERDICT"
refresh || end "$?"
look_within || end "$?"
printf '%s\\n' "$left" "$problems" | grep . || :
[ -z "$problems" ] || end "$VERDICT"
[ -n "$changes" ] || end 0
wait_for_lock
transactional-update --non-interactive --continue $verb $names
end "$?"
`;

/** Prints the packages of the snapshot that the next boot starts. */
export const TRANSACTIONAL_INSTALLED = `
export LC_ALL=C
${SNAPSHOTS}
booted=$(booted_snapshot)
next=$(next_snapshot)
if [ -n "$next" ] && [ "$next" != "$booted" ]; then
  rpm() {
    command rpm --dbpath "/.snapshots/$next/snapshot$(command rpm --eval %_dbpath)" "$@"
  }
fi
${RPM_INSTALLED}
`;

/** Prints \`booted NUMBER\` and \`next NUMBER\`. */
export const TRANSACTIONAL_SNAPSHOTS = `
${SNAPSHOTS}
printf 'booted %s\\nnext %s\\n' "$(booted_snapshot)" "$(next_snapshot)"
`;
