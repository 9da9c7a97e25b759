/** How the answers of zypper (`--xmlout`) are read; the script defines `zypp` and sets `simulation`. */
export const ZYPPER_XML = `
# Reads the XML of a dry run.
as_changes() {
  awk -v RS='<' '
    function value(key) {
      if (!match($0, " " key "=\\"[^\\"]*\\"")) return "-"
      return substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 4)
    }
    /^to-/ { act = $0; sub(/>.*/, "", act) }
    /^\\/to-/ { act = "" }
    /^solvable / && value("type") == "package" && act != "" && act !~ /^to-reinstall/ {
      name = value("name") "." value("arch")
      if (act ~ /^to-remove/) printf "change\\t%s\\t%s\\t-\\n", name, value("edition")
      else printf "change\\t%s\\t%s\\t%s\\n", name, value("edition-old"), value("edition")
    }'
}

# What is to be had: lines NAME BEFORE AVAILABLE.
available() {
  zypp --no-refresh --xmlout list-updates "$@" 2>/dev/null | awk -v RS='<' '
    function value(key) {
      if (!match($0, " " key "=\\"[^\\"]*\\"")) return "-"
      return substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 4)
    }
    /^update / && value("kind") == "package" { print value("name") "." value("arch"), value("edition-old"), value("edition") }'
}

needs() {
  printf '%s\\n' "$simulation" | awk -v RS='<' '
    /^install-summary / {
      match($0, /download-size="[0-9]*/); printf "/var/cache/zypp %.0f\\n", substr($0, RSTART + 15, RLENGTH - 15) / 1024 + 1
      match($0, /space-usage-diff="-?[0-9]*/); printf "/usr %.0f\\n", substr($0, RSTART + 18, RLENGTH - 18) / 1024
    }'
  printf '/boot %s\\n' "$(boot_need "$(new_kernels)")"
}
`;
