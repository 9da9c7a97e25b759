import type { Script } from '../ports/host.ts';

/**
 * Prints the newest installed kernel with a modules folder, as `uname -r` would; one of the running kernel's flavour
 * (what follows the last dash, as in `6.1.0-30-amd64`) if there is any. Prints nothing when no kernel is to be seen.
 */
export const NEWEST_KERNEL: Script = {
  args: [],
  text: `
R=$NODETIDE_ROOT
running=$(uname -r)
kernels() {
  for image in "$R"/boot/vmlinuz-*; do
    release=$(basename "$image")
    release=\${release#vmlinuz-}
    case $release in
      '*' | *rescue* | *.old | *.dpkg-*) continue ;;
    esac
    if [ -d "$R/lib/modules/$release" ] || [ -d "$R/usr/lib/modules/$release" ]; then
      printf '%s\\n' "$release"
    fi
  done
}
flavour=\${running##*-}
same=$(kernels | grep -e "-$flavour\\$" | sort -V | tail -n 1)
[ -n "$same" ] || same=$(kernels | sort -V | tail -n 1)
[ -z "$same" ] || printf '%s\\n' "$same"
`,
};
