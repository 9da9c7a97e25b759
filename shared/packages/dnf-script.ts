import { RPM_COMMON } from './rpm.ts';

/**
 * dnf 4 (and yum where it is dnf). Its table of what it would do is read from `--assumeno`, which ends with 1 like an
 * error; only the words "Operation aborted" tell. With exit_on_lock a held lock ends it with 200 at once.
 */
const COMMON = `${RPM_COMMON}
log=$(mktemp "$folder/nodetide-XXXXXX") || exit

# end CODE
end() {
  rm -f "$log"
  exit "$1"
}

if [ -e "$R/run/ostree-booted" ]; then
  printf 'problem\\tpackages-unknown-manager\\tthis host is upgraded as an image, not by dnf; rpm-ostree is known\\n'
  end "$VERDICT"
fi
tool=
for word in dnf dnf-3 yum; do
  case $(command -v "$word" >/dev/null 2>&1 && "$word" --version 2>/dev/null) in
    '' | *dnf5*) ;;
    *)
      tool=$word
      break
      ;;
  esac
done
if [ -z "$tool" ]; then
  printf 'problem\\tpackages-unknown-manager\\tthis host has no dnf 4, which is the one that is known\\n'
  end "$VERDICT"
fi
tool="$tool --setopt=exit_on_lock=True"

words=
for pattern in $protect $exclude; do
  words="$words --exclude=$pattern"
done
# NAME.ARCH VERSION-RELEASE is written NAME-VERSION-RELEASE.ARCH there.
ban() {
  words=$policy_words$(printf '%s\\n' "$banned" | awk -F'\\t' '{
    arch = $2; sub(/.*[.]/, "", arch)
    printf " --exclude=%s-%s.%s", substr($2, 1, length($2) - length(arch) - 1), $4, arch
  }')
}
policy_words=$words
names=
case $mode in
  security) verb='upgrade --security' ;;
  packages) verb=upgrade names=$(named_names) ;;
  *) verb=upgrade ;;
esac

make_cache() {
  $tool --refresh makecache
}

refresh() {
  patiently 'already locked by|transaction lock' make_cache
}

available() {
  $tool -q repoquery --upgrades --latest-limit=1 --qf '%{name}.%{arch} %{evr}' "$@" 2>/dev/null
}

# Reads the installed packages, then what dnf says it would do. Of packages installed in several versions (kernels) the
# oldest makes room for the new one (installonly_limit): that is no removal. dnf itself never removes the running kernel.
as_changes() {
  awk '
    function row_ends(word) {
      if (row == "") return
      split(row, word)
      name = word[1] "." word[2]
      if (act == "remove") going[name] = word[3]
      else {
        if (act == "install") coming[name] = 1
        printf "change\\t%s\\t%s\\t%s\\n", name, act == "upgrade" && name in version ? version[name] : "-", word[3]
      }
      row = ""
    }
    /^ i\\t/ { split($0, field, "\\t"); version[field[2]] = field[3]; versions[field[2]]++; next }
    /^[^ ]/ {
      row_ends()
      act = ""
      if (/^(Upgrading|Updating|Downgrading).*:$/) act = "upgrade"
      if (/^Installing.*:$/) act = "install"
      if (/^Removing.*:$/) act = "remove"
      next
    }
    act == "" { next }
    $1 == "replacing" { row_ends(); printf "change\\t%s\\t%s\\t-\\n", $2, $3; next }
    /^ [^ ]/ { row_ends(); row = $0; next }
    { row = row " " $0 }
    END {
      row_ends()
      for (name in going) if (!(name in coming && versions[name] > 1)) printf "change\\t%s\\t%s\\t-\\n", name, going[name]
    }'
}

# What is to be had and not taken.
not_taken() {
  {
    printf '%s\\n' "$changes"
    installed
    available | sed 's/^/free /'
    available --disableexcludes=all --disableplugin=versionlock | sed 's/^/all /'
  } | awk '
    /^change\\t/ { split($0, field, "\\t"); taken[field[2]] = 1; next }
    /^ i\\t/ { split($0, field, "\\t"); version[field[2]] = field[3]; next }
    $1 == "free" { free[$2] = 1 }
    $1 == "all" && !($2 in taken) && $2 in version { print $2, version[$2], $3, $2 in free ? "yes" : "no" }'
}

needs() {
  printf '%s\\n' "$simulation" | awk '
    function kb(number, unit) { return number * (unit == "k" ? 1 : unit == "M" ? 1024 : unit == "G" ? 1048576 : 0.001) }
    /^Total download size: / { printf "/var/cache/dnf %.0f\\n", kb($4, $5) + 1 }
    /^Installed size: / { printf "/usr %.0f\\n", kb($3, $4) + 1 }'
  printf '/boot %s\\n' "$(boot_need "$(new_kernels)")"
}

# Sets changes, left and problems; what went wrong is printed.
look() {
  changes= left= problems= simulation=
  if [ "$mode" != packages ] || [ -n "$names" ]; then
    simulation=$($tool $words --assumeno $verb $names 2>&1) || case $simulation in
      *'Operation aborted'*) ;;
      *)
        printf '%s\\n' "$simulation"
        return 1
        ;;
    esac
    changes=$({ installed; printf '%s\\n' "$simulation"; } | as_changes)
  fi
  left=$(not_taken | left_lines)
  [ -z "$changes" ] || problems=$(printf '%s\\n' "$changes" | refused_removals; needs | lacking_space)
}

upgrade() {
  $tool $words -y $verb $names
}

# A script of a package that fails after it was put in place is only a remark to dnf.
not_set_up() {
  sed -n 's/^Error in POST[A-Z]* scriptlet in rpm package \\([^ ]*\\).*/\\1/p' "$log" | sort -u | tr '\\n' ' '
}
`;

/** Says what an upgrade would do, in the lines of withPolicy. Arguments as there. */
export const DNF_PENDING = `${COMMON}
refresh >&2 || end "$?"
pending
`;

/** Carries the upgrade out. */
export const DNF_UPGRADE = `${COMMON}
refresh || end "$?"
look_within || end "$?"
printf '%s\\n' "$left" "$problems" | grep . || :
[ -z "$problems" ] || end "$VERDICT"
[ -n "$changes" ] || end 0
until_free 200 upgrade || end "$?"
failing=$(not_set_up)
[ -n "$failing" ] || end 0
printf 'problem\\tpackages-set-up-failed\\tpackages could not be set up: %s\\n' "\${failing% }"
end "$VERDICT"
`;
