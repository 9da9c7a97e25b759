/**
 * Words to apt that leave packages alone without touching its state: preferences of a temporary file, before those of
 * the host (the first that fits counts). A version with a negative priority is never installed. Security only: every
 * other repository gets less weight (50) than what is installed (100).
 *
 * DPkg::Lock::Timeout (apt 2.0) is not heeded for the lock of the lists, so `refresh` waits for that by itself. While apt
 * waits for dpkg's locks with -q, whether it says so depends on a field it never set, and in the end it does not name the
 * holder (debsystem.cc, progress.cc of 2.6 to 3.1): `await_dpkg` waits beforehand, and leaves apt what is left of the time.
 * Error-Mode (apt 2.1.15) makes a list that cannot be had an error.
 */
const COMMON = `
export DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none NEEDRESTART_MODE=a
case $config_files in
  replace) export UCF_FORCE_CONFFNEW=1; config_words=--force-confnew ;;
  *) export UCF_FORCE_CONFFOLD=1; config_words='--force-confdef --force-confold' ;;
esac

update_lists() {
  apt-get -q -o APT::Update::Error-Mode=any update
}

refresh() {
  patiently 'lists/lock' update_lists
}

# Takes dpkg's locks and changes nothing, whether or not the host's own apt.conf would wait for them.
locks_free() {
  apt-get -qq -o DPkg::Lock::Timeout=0 check
}

# What else is wrong is found by what comes after it.
await_dpkg() {
  until_unlocked 'Could not get lock' locks_free || case $said in
    *'Could not get lock'*)
      printf '%s\\n' "$said"
      end "$code"
      ;;
  esac
  lock_wait=$((lock_wait > waited ? lock_wait - waited : 0))
}

repair() {
  dpkg $config_words --configure -a
}

bare() {
  bare=$1
  bare=\${bare%%:*}
}

interrupted() {
  set +f
  for file in "$R"/var/lib/dpkg/updates/[0-9]*; do
    if [ -e "$file" ]; then
      set -f
      return 0
    fi
  done
  set -f
  return 1
}

pin() {
  printf 'Package: %s\\nPin: %s\\nPin-Priority: %s\\n\\n' "$1" "$2" "$3"
}

preferences() {
  [ -z "$banned" ] || printf '%s\\n' "$banned" | while IFS=$T read -r _ name _ version; do
    pin "$name" "version $version" -1 || exit
  done || return
  for pattern in $protect $exclude; do
    # The name alone means the host's own architecture.
    pin "$pattern" 'release *' -1 && pin "$pattern:any" 'release *' -1 || return
  done
  if [ "$mode" = security ]; then
    pin '*' 'release a=*-security' 500 && pin '*' 'release l=*-Security' 500 &&
      pin '*' 'release a=now' 100 && pin '*' 'release *' 50 || return
  fi
  [ ! -r "$R/etc/apt/preferences" ] || cat "$R/etc/apt/preferences"
}

# installed_as REASON PATTERNS: lines REASON NAME of installed packages.
installed_as() {
  [ -z "$2" ] || dpkg-query -W -f='\${db:Status-Abbrev}\\t\${binary:Package}\\t\${Version}\\n' $2 2>/dev/null |
    awk -F'\\t' -v why="$1" -v ours=":$(dpkg --print-architecture)" '
      substr($1, 2, 1) == "i" {
        at = length($2) - length(ours)
        if (at > 0 && substr($2, at + 1) == ours) $2 = substr($2, 1, at)
        if (why != "held" || substr($1, 1, 1) == "h") printf "%s\\t%s\\n", why, $2
      }'
}

# Lines REASON NAME of installed packages that are left; those of the host's own holds too.
left_names() {
  installed_as protected "$protect"
  installed_as excluded "$exclude"
  installed_as held '*'
}

# Names of installed packages that the policy names and nothing keeps.
named_names() {
  { left_names; installed_as named "$named"; } |
    awk -F'\\t' '$1 != "named" { left[$2] = 1; next } !($2 in left) { printf "%s ", $2 }'
}

apt() {
  apt-get -q -o Dir::Etc::Preferences="$pins" -o DPkg::Lock::Timeout="$lock_wait" "$@"
}

# Reads what apt-get -s says.
as_changes() {
  awk '
    $1 == "Inst" || $1 == "Remv" || $1 == "Conf" {
      before = "-"; after = "-"; at = 3
      if (substr($3, 1, 1) == "[") { before = substr($3, 2); sub(/\\].*/, "", before); at = 4 }
      if (substr($at, 1, 1) == "(" && $1 != "Remv") { after = substr($at, 2); sub(/\\).*/, "", after) }
      if ($1 == "Conf") { if ($2 in seen) next; before = "not configured" }
      seen[$2] = 1
      printf "change\\t%s\\t%s\\t%s\\n", $2, before, after
    }'
}

# Reads what apt-get -s says: lines REASON NAME of what it kept back by itself.
kept_back() {
  awk '
    /^The following packages have been kept back:/ || /deferred due to phasing:/ { inside = 1; next }
    /^  / { if (inside) for (i = 1; i <= NF; i++) printf "kept-back\\t%s\\n", $i; next }
    { inside = 0 }'
}

# Reads lines REASON NAME, the first for a name counts; prints those that have a newer version as left lines.
with_versions() {
  names=$(awk -F'\\t' '!seen[$2]++')
  [ -n "$names" ] || return 0
  {
    printf '%s\\n' "$names"
    apt-cache policy $(printf '%s\\n' "$names" | cut -f 2)
  } | awk -F'\\t' '
    NF == 2 { why[$2] = $1; next }
    /^[^ ]/ { name = substr($0, 1, length($0) - 1); next }
    /^  Installed: / { before = substr($0, 14) }
    /^  Candidate: / {
      after = substr($0, 14)
      if (name in why && after != before && after != "(none)") printf "left\\t%s\\t%s\\t%s\\t%s\\n", why[name], name, before, after
    }'
}

# What apt says it needs, as lines FOLDER KB.
needs() {
  apt -y --print-uris $verb 2>/dev/null | awk '
    function kb(number, unit) {
      sub(/\\/.*/, "", unit)
      return number * (unit == "B" ? 0.001 : unit == "kB" ? 1 : unit == "MB" ? 1000 : unit == "GB" ? 1000000 : 1000000000)
    }
    /^Need to get / { printf "/var/cache/apt %.0f\\n", kb($4, $5) + 1 }
    /^After this operation, .* disk space will be used/ { printf "/usr %.0f\\n", kb($4, $5) + 1 }'
  new=$(printf '%s\\n' "$changes" | grep -c -E "^change\${T}linux-image-[0-9][^$T]*\${T}-")
  printf '/boot %s\\n' "$(boot_need "$new")"
}

# Sets verb, changes, left and problems; what went wrong is printed.
look() {
  case $mode in
    dist-upgrade) verb=dist-upgrade ;;
    packages) verb="install --only-upgrade $(named_names)" ;;
    *) verb='upgrade --with-new-pkgs' ;;
  esac
  simulation=$(apt -s $verb 2>&1) || {
    code=$?
    printf '%s\\n' "$simulation"
    return "$code"
  }
  changes=$(printf '%s\\n' "$simulation" | as_changes)
  left=$({ left_names; printf '%s\\n' "$simulation" | kept_back; } | with_versions)
  problems=
  [ -z "$changes" ] || problems=$(printf '%s\\n' "$changes" | refused_removals; needs | lacking_space)
}

# end CODE
end() {
  rm -f "$pins"
  exit "$1"
}

# Without them nothing would be protected.
ban() {
  preferences >"$pins" || {
    printf 'the preferences of this call cannot be written to %s\\n' "$pins" >&2
    return 1
  }
}

# Whether somebody else holds dpkg's locks; says so in said.
locked() {
  said=$(locks_free 2>&1)
  case $said in
    *'Could not get lock'*) return 0 ;;
  esac
  return 1
}

banned=
pins=$(mktemp "$folder/nodetide-XXXXXX") && ban || end "$?"
`;

/** Says what an upgrade would do, in the lines of withPolicy. Arguments as there. */
export const APT_PENDING = `${COMMON}
refresh >&2 || end "$?"

# What is seen in the midst of somebody else's work may be well after it.
unless_locked() {
  locked || return 0
  printf '%s\\n' "$said" >&2
  end 100
}

if interrupted; then
  unless_locked
  printf 'change\\tdpkg\\tinterrupted\\trepaired\\n'
  end 0
fi
look_within >&2
looked=$?
if [ "$looked" != 0 ] || [ -n "$problems" ]; then
  unless_locked
  # Somebody's work may have ended meanwhile.
  look_within >&2 || end "$?"
fi
printf '%s\\n' "$changes" "$left" "$problems"
end 0
`;

/**
 * A dpkg that was cut short (a power cut, a reboot in the midst) first ends what it had begun. What is seen while somebody else
 * holds the lock counts for nothing: it is looked at again.
 */
export const APT_UPGRADE = `${COMMON}
refresh || end "$?"
while :; do
  await_dpkg
  if interrupted; then
    printf 'dpkg was interrupted before: dpkg --configure -a\\n'
    patiently 'locked by another process' repair || end "$?"
  fi
  banned=
  ban || end "$?"
  look_within
  looked=$?
  await_dpkg
  [ "$waited" = 0 ] || continue
  [ "$looked" = 0 ] || end "$looked"
  break
done
printf '%s\\n' "$left" "$problems" | grep . || :
[ -z "$problems" ] || end "$VERDICT"
for word in $config_words; do
  set -- "$@" -o Dpkg::Options::="$word"
done
shift 9
apt -y "$@" $verb
end "$?"
`;
