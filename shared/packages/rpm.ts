/** Prints all packages of an rpm database in the form `parseInstalled` reads; the epoch only where there is one. */
export const RPM_INSTALLED = String.raw`rpm -qa --qf ' i\t%{NAME}.%{ARCH}\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\n'`;

/** What the scripts of dnf and zypper share; see withPolicy. */
export const RPM_COMMON = `
bare() {
  bare=\${1%.*}
}

installed() {
  ${RPM_INSTALLED}
}

# Names of installed packages that the policy names.
named_names() {
  [ -z "$named" ] || rpm -qa --qf '%{NAME}\\n' $named | sort -u | while read -r name; do
    matches "$name" "$protect $exclude" || printf '%s ' "$name"
  done
}

# Kernels are installed beside the old ones.
new_kernels() {
  printf '%s\\n' "$changes" | grep -c -E "^change\${T}kernel-(core|default)[.][^$T]*\${T}-"
}

# Reads lines NAME BEFORE AVAILABLE FREE (no: the host itself holds it) of what was not taken; prints left lines.
left_lines() {
  while read -r name before available free; do
    if ! left_by_policy "$name"; then
      case $free:$mode in
        no:*) why=held ;;
        *:all | *:dist-upgrade) why=kept-back ;;
        *) continue ;;
      esac
    fi
    printf 'left\\t%s\\t%s\\t%s\\t%s\\n' "$why" "$name" "$before" "$available"
  done
}

# Says what an upgrade would do.
pending() {
  look_within >&2 || end "$?"
  printf '%s\\n' "$changes" "$left" "$problems"
  end 0
}

# until_free CODE FUNCTION: runs it, again while it ends with the code that means a held lock, lock_wait seconds at most.
# Its output goes on and is kept in $log.
until_free() {
  waited=0
  while :; do
    { $2 2>&1; printf '%s\\n' "$?" >"$log.exit"; } | tee "$log"
    code=$(cat "$log.exit")
    rm -f "$log.exit"
    if [ "$code" != "$1" ] || [ "$waited" -ge "$lock_wait" ]; then
      return "$code"
    fi
    waits 'the lock is held'
    sleep 2
    waited=$((waited + 2))
  done
}

`;
