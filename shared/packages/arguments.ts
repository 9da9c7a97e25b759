import type { UpgradePolicy } from '../domain/policy.ts';
import type { Script } from '../ports/host.ts';
import type { VersionLimit } from '../ports/packages.ts';
import { WAITS } from './explain.ts';

const PATTERN = /^[A-Za-z0-9_*?][A-Za-z0-9_*?+.-]*$/;

/**
 * A script of a package manager with what the policy says as its arguments, in the order in which {@link PRELUDE} names
 * them. Lists are one argument each, words parted by spaces; RangeError on a word that is no package pattern.
 */
export function withPolicy(text: string, policy: UpgradePolicy, limit: VersionLimit | null = null): Script {
  const { mode, lockWaitMs, configFiles, exclude, protect, packages, allowRemovals } = policy;
  const lists = [exclude, protect, packages, allowRemovals].map(listOf);
  const within = limit ? [limit.kind, limit.versions.join('\n')] : ['', ''];
  return { text: PRELUDE + text, args: [mode, String(Math.ceil(lockWaitMs / 1000)), configFiles, ...lists, ...within] };
}

function listOf(patterns: readonly string[]): string {
  const wrong = patterns.find(pattern => !PATTERN.test(pattern));
  if (wrong !== undefined) throw new RangeError(`${JSON.stringify(wrong)} is no pattern of package names`);
  return patterns.join(' ');
}

/**
 * What the scripts of all managers share. A script says what it sees in lines of words parted by tabs:
 * `change NAME BEFORE AFTER` (`-`: none), `left REASON NAME BEFORE AVAILABLE`, `problem CODE TEXT`. The manager defines
 * `bare NAME`, which sets `bare` to the name without its architecture; `look`, which sets changes, left and problems by a
 * simulation; and `ban`, which makes it leave the versions in `banned` alone. Patterns are never expanded to names of
 * files (set -f).
 */
const PRELUDE = String.raw`
set -f
export LC_ALL=C
R=$NODETIDE_ROOT mode=$1 lock_wait=$2 config_files=$3 exclude=$4 protect=$5 named=$6 removals=$7 limit=$8 proven=$9
T=$(printf '\t')
VERDICT=201
folder=$R/run
[ -d "$folder" ] && [ -w "$folder" ] || folder=/tmp

# matches NAME PATTERNS
matches() {
  for pattern in $2; do
    case $1 in
      $pattern) return 0 ;;
    esac
  done
  return 1
}

# waits TEXT
waits() {
  printf '${WAITS}%s\n' "$1"
}

# until_unlocked WORDS FUNCTION: runs it, again while its output holds one of the words (parted by |) of a held lock, lock_wait
# seconds at most. Leaves its output in said.
until_unlocked() {
  waited=0
  while :; do
    said=$($2 2>&1)
    code=$?
    if [ "$code" = 0 ] || ! printf '%s\n' "$said" | grep -q -E "$1" || [ "$waited" -ge "$lock_wait" ]; then
      return "$code"
    fi
    [ "$waited" -gt 0 ] || waits "$(printf '%s\n' "$said" | grep -E "$1" | head -n 1)"
    sleep 2
    waited=$((waited + 2))
  done
}

# patiently WORDS FUNCTION: as until_unlocked; prints its output.
patiently() {
  until_unlocked "$@"
  code=$?
  [ -z "$said" ] || printf '%s\n' "$said"
  return "$code"
}

# Sets why to the reason the policy leaves a package for; fails when it does not.
left_by_policy() {
  bare "$1"
  if matches "$bare" "$protect"; then why=protected; return 0; fi
  if matches "$bare" "$exclude"; then why=excluded; return 0; fi
  return 1
}

# Reads change lines; prints a problem for the packages that would go without leave. What is left as it is may never go.
refused_removals() {
  gone=
  while IFS=$T read -r kind name _ after; do
    [ "$kind" = change ] && [ "$after" = - ] || continue
    if left_by_policy "$name" || ! matches "$bare" "$removals"; then
      gone="$gone $name"
    fi
  done
  [ -z "$gone" ] || printf 'problem\tpackages-removal-refused\tthe upgrade would remove%s\n' "$gone"
}

# Reads lines "FOLDER KB"; prints a problem for each file system that has less room than is needed on it.
lacking_space() {
  while read -r folder need; do
    [ "$need" -gt 0 ] || continue
    df -Pk "$R$folder" 2>/dev/null | awk -v need="$need" 'NR == 2 { print $6, $4, need }'
  done | awk '
    { free[$1] = $2; need[$1] += $3 }
    END {
      for (place in need) if (need[place] > free[place])
        printf "problem\tpackages-no-space\t%s has %.0f MB free, the upgrade needs %.0f MB there\n", place, free[place] / 1000, need[place] / 1000
    }'
}

# Reads change lines; prints banned NAME BEFORE AFTER of those whose version is not among the proved ones.
not_proven() {
  { printf '%s\n' "$proven"; cat; } | awk -F'\t' '
    !/^change\t/ { proved[$0] = 1; next }
    $4 == "-" || $3 == "interrupted" || $3 == "not configured" { next }
    {
      name = $2; version = $4
      sub(/:[a-z0-9-]+$/, "", name); sub(/^0:/, "", version)
      if (!((name " " version) in proved)) printf "banned\t%s\t%s\t%s\n", $2, $3, $4
    }'
}

# Left lines, in which what was banned has that for its reason.
left_by_ban() {
  printf '%s\n' "$banned" "$changes" "$left" | awk -F'\t' '
    function line(why, name, old, new) { printf "left\t%s\t%s\t%s\t%s\n", why, name, old, new }
    $1 == "banned" && $3 != "-" && !($2 in before) { order[++count] = $2; before[$2] = $3; after[$2] = $4 }
    $1 == "change" { told[$2] = 1 }
    $1 == "left" {
      told[$3] = 1
      line($3 in before && $2 != "protected" && $2 != "excluded" ? "not-proven" : $2, $3, $4, $5)
    }
    END { for (i = 1; i <= count; i++) if (!(order[i] in told)) line("not-proven", order[i], before[order[i]], after[order[i]]) }'
}

# As look, within the limit.
look_within() {
  banned=
  for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    look || return
    [ -n "$limit" ] || return 0
    new=$(printf '%s\n' "$changes" | not_proven)
    if [ -z "$new" ]; then
      left=$(left_by_ban)
      return 0
    fi
    [ "$limit" = pin ] || break
    banned=$(printf '%s\n%s\n' "$banned" "$new" | grep .)
    ban || return
  done
  problems=$(
    printf '%s\n' "$problems" | grep .
    printf 'problem\tpackages-not-proven\tno earlier stage proved%s\n' "$(printf '%s\n' "$new" | awk -F'\t' '{ printf "%s %s %s", (NR > 1 ? "," : ""), $2, $4 }')"
  )
}

# boot_need COUNT: kB that so many new kernels take in /boot, measured by the running one.
boot_need() {
  need=0
  if [ "$1" -gt 0 ]; then
    set +f
    for file in "$R"/boot/*-"$(uname -r)"*; do
      [ -f "$file" ] || continue
      size=$(wc -c <"$file")
      need=$((need + size / 1024 + 1))
    done
    set -f
  fi
  printf '%s\n' "$((need * $1))"
}
`;
