import { IMAGE_COMMON } from './image.ts';

/** Reads what rpm-ostree says of packages that differ (`upgrade --preview`, `db diff`); prints change lines. */
const AS_CHANGES = `
as_changes() {
  awk '
    # NAME-EPOCH:VERSION-RELEASE.ARCH, the epoch only where there is one.
    function split_nevra(text) {
      sub(/[.][^.]*$/, "", text)
      match(text, /-[^-]*-[^-]*$/)
      name = substr(text, 1, RSTART - 1); version = substr(text, RSTART + 1)
    }
    /^ *[A-Z][A-Za-z]*:/ {
      section = $1
      sub(/^ *[A-Z][A-Za-z]*: */, "")
      if ($0 == "") next
    }
    /^[^ ]/ && section !~ /^(Upgraded|Downgraded|Removed|Added):$/ { section = ""; next }
    section ~ /^(Up|Down)graded:$/ && $3 == "->" { printf "change\\t%s\\t%s\\t%s\\n", $1, $2, $4 }
    section == "Removed:" && NF == 1 { split_nevra($1); printf "change\\t%s\\t%s\\t-\\n", name, version }
    section == "Added:" && NF == 1 { split_nevra($1); printf "change\\t%s\\t-\\t%s\\n", name, version }'
}

# The differences of an image that waits for a reboot; none waits: nothing. Without one, db diff speaks of the one before.
staged_changes() {
  difference=$(rpm-ostree db diff 2>/dev/null) || return 0
  case $difference in
    *'commit to:   pending deployment'*) printf '%s\\n' "$difference" | as_changes ;;
  esac
}
`;

/**
 * rpm-ostree (Fedora CoreOS, IoT, Silverblue; RHEL for Edge). \`upgrade --preview\` ends with 77 when there is nothing, and
 * "may be unreliable" by its own words: what was really staged is looked at once more, and taken back if it may not come.
 * Packages are told without their architecture.
 */
const COMMON = `${AS_CHANGES}
bare() {
  bare=$1
}

end() {
  exit "$1"
}
${IMAGE_COMMON}
preview() {
  rpm-ostree upgrade --preview
}

booted_version() {
  rpm-ostree status --booted 2>/dev/null | awk '$1 == "Version:" { print $2; exit }'
}

# Sets changes, left and problems; what went wrong is printed.
look() {
  changes= left= problems=
  until_unlocked 'Transaction in progress' preview
  code=$?
  case $code in
    0) ;;
    77) return 0 ;;
    *)
      printf '%s\\n' "$said"
      return "$code"
      ;;
  esac
  changes=$(printf '%s\\n' "$said" | as_changes)
  if [ -z "$changes" ]; then
    # An image from a registry: its packages are not told before it is there.
    version=$(printf '%s\\n' "$said" | awk '$1 == "Version:" { print $2; exit }')
    before=$(booted_version)
    changes=$(printf 'change\\tsystem image\\t%s\\t%s' "\${before:--}" "\${version:-newer}")
  fi
  judge
}

judge() {
  problems=$(printf '%s\\n' "$changes" | refused_removals; printf '%s\\n' "$changes" | whole)
}
`;

/** Says what an upgrade would do, in the lines of withPolicy. Arguments as there. */
export const RPM_OSTREE_PENDING = `${COMMON}
only_modes 'all dist-upgrade' 0
look_within >&2 || end "$?"
printf '%s\\n' "$changes" "$problems"
end 0
`;

/** Stages the new image; it runs from the next reboot on. */
export const RPM_OSTREE_UPGRADE = `${COMMON}
only_modes 'all dist-upgrade' "$VERDICT"
look_within || end "$?"
printf '%s\\n' "$problems" | grep . || :
[ -z "$problems" ] || end "$VERDICT"
[ -n "$changes" ] || end 0
rpm-ostree upgrade || end "$?"
changes=$(staged_changes)
judge
[ -z "$limit" ] || [ -z "$(printf '%s\\n' "$changes" | not_proven)" ] || problems="$problems
problem\${T}packages-not-proven\${T}what was staged is not what was looked at: no earlier stage proved all of it"
problems=$(printf '%s\\n' "$problems" | grep .) || end 0
printf '%s\\n' "$problems"
rpm-ostree cleanup --pending
end "$VERDICT"
`;

/** Prints the packages of the image that the next boot starts: those that run, and how the staged ones differ. */
export const RPM_OSTREE_INSTALLED = `
export LC_ALL=C
${AS_CHANGES}
rpm -qa --qf ' i\\t%{NAME}\\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\\n' || exit
staged_changes
`;
