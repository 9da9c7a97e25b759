/**
 * What the scripts of image-based hosts share, after withPolicy: an image comes whole, so nothing can be left out of it or
 * pinned in it. What the policy would leave refuses the upgrade.
 */
export const IMAGE_COMMON = `
[ "$limit" != pin ] || limit=block

ban() {
  :
}

# Ends here where the tool has no such mode.
only_modes() {
  case " $1 " in
    *" $mode "*) ;;
    *)
      printf 'problem\\tpackages-mode-unsupported\\tmode %s is not to be had where the system is upgraded as an image\\n' "$mode"
      end "$2"
      ;;
  esac
}

# Reads change lines; prints a problem for the packages among them that the policy leaves as they are.
whole() {
  touched=
  while IFS=$T read -r kind name _ _; do
    [ "$kind" = change ] && left_by_policy "$name" || continue
    touched="$touched\${touched:+, }$name ($why)"
  done
  [ -z "$touched" ] || printf 'problem\\tpackages-image-whole\\tthe image would change %s, and nothing can be left out of it\\n' "$touched"
}
`;
