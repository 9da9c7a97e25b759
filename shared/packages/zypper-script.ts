import { RPM_COMMON } from './rpm.ts';
import { ZYPPER_XML } from './zypper-xml.ts';

/**
 * zypper. Packages are left alone by locks in a file that only this call reads (ZYPP_CONF), after the host's own. Exit
 * codes (zypper(8)): 7 locked; 102 done, a reboot is due; 103 done, but zypper itself was renewed and has more to do;
 * 106 a repository was skipped; 107 done, but the script of a package failed.
 */
const COMMON = `${RPM_COMMON}
log=$(mktemp "$folder/nodetide-XXXXXX") || exit
locks=$log.locks
export ZYPP_CONF="$log.conf"

# end CODE
end() {
  rm -f "$log" "$ZYPP_CONF" "$locks"
  exit "$1"
}

if command -v transactional-update >/dev/null 2>&1; then
  printf 'problem\\tpackages-unknown-manager\\tthis host has transactional-update: it is upgraded by that, and only where its root is read-only\\n'
  end "$VERDICT"
fi

lock_list() {
  [ ! -r "$R/etc/zypp/locks" ] || cat "$R/etc/zypp/locks" || return
  for pattern in $protect $exclude; do
    printf '\\ntype: package\\nmatch_type: glob\\ncase_sensitive: on\\nsolvable_name: %s\\n' "$pattern" || return
  done
}

ban() {
  {
    lock_list && printf '%s\\n' "$banned" | while IFS=$T read -r _ name _ version; do
      printf '\\ntype: package\\nmatch_type: glob\\ncase_sensitive: on\\nsolvable_name: %s\\nversion: == %s\\n' "\${name%.*}" "$version" || exit
    done
  } >"$locks"
}

settings() {
  for file in "$R/etc/zypp/zypp.conf" "$R/usr/etc/zypp/zypp.conf"; do
    if [ -r "$file" ]; then
      cat "$file" || return
      break
    fi
  done
  printf '\\n[main]\\nlocksfile.path = %s\\n' "\${locks#"$R"}"
}
lock_list >"$locks" && settings >"$ZYPP_CONF" || end "$?"

names=
case $mode in
  dist-upgrade) verb=dist-upgrade ;;
  security) verb='patch --category security' ;;
  packages) verb=update names=$(named_names) ;;
  *) verb=update ;;
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
# What the host itself would take, without our locks.
free() {
  ours=$ZYPP_CONF
  unset ZYPP_CONF
  available
  export ZYPP_CONF="$ours"
}

not_taken() {
  {
    printf '%s\\n' "$changes"
    free | sed 's/^/free /'
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
    simulation=$(zypp --no-refresh --xmlout $verb --dry-run $names 2>&1)
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
  [ -z "$changes" ] || problems=$(printf '%s\\n' "$changes" | refused_removals; needs | lacking_space)
}

upgrade() {
  zypp --no-refresh $verb --auto-agree-with-licenses $names
}

# Packages whose script failed after they were put in place; not for all of them does zypper end with 107.
not_set_up() {
  sed -n 's/.*%post[a-z]*(\\([^)]*\\)).*/\\1/p' "$log" | sort -u | tr '\\n' ' '
}
`;

/** Says what an upgrade would do, in the lines of withPolicy. Arguments as there. */
export const ZYPPER_PENDING = `${COMMON}
refresh >&2 || end "$?"
pending
`;

/** Carries the upgrade out; runs again, at most three times, when zypper itself was renewed. */
export const ZYPPER_UPGRADE = `${COMMON}
refresh || end "$?"
for round in 1 2 3; do
  look_within || end "$?"
  printf '%s\\n' "$left" "$problems" | grep . || :
  [ -z "$problems" ] || end "$VERDICT"
  [ -n "$changes" ] || end 0
  until_free 7 upgrade
  code=$?
  [ "$code" = 103 ] || break
  printf 'zypper itself was renewed and runs again\\n'
done
case $code in
  102 | 103) code=0 ;;
esac
[ "$code" = 0 ] || end "$code"
failing=$(not_set_up)
[ -n "$failing" ] || end 0
printf 'problem\\tpackages-set-up-failed\\tpackages could not be set up: %s\\n' "\${failing% }"
end "$VERDICT"
`;
