import type { Kernels } from '../domain/proof.ts';
import type { Script } from '../ports/host.ts';

/**
 * Prints `newest RELEASE`: the newest installed kernel with a modules folder; one of the running kernel's flavour if
 * there is any. The flavour is what follows version and build: `cloud-amd64` in `6.1.0-30-cloud-amd64`, `amd64` in
 * `6.12.48+deb13-amd64`, `+rt` in `5.14.0-362.el9.x86_64+rt`, nothing in `5.14.0-362.el9.x86_64`. Prints nothing when no
 * kernel is to be seen.
 */
export const KERNELS: Script = {
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
flavour() {
  rest=\${1#*-}
  case $rest in
    "$1") rest= ;;
    [0-9]*-*) rest=\${rest#*-} ;;
    [0-9]*+*) rest=+\${rest##*+} ;;
    [0-9]*) rest= ;;
  esac
}
flavour "$running"
wanted=$rest
same=$(kernels | while read -r release; do
  flavour "$release"
  [ "$rest" != "$wanted" ] || printf '%s\\n' "$release"
done | sort -V | tail -n 1)
[ -n "$same" ] || same=$(kernels | sort -V | tail -n 1)
[ -z "$same" ] || printf 'newest %s\\n' "$same"
printf 'end\\n'
`,
};

/** Reads the answer of {@link KERNELS}; null: it was cut short. */
export function parseKernels(stdout: string): Kernels {
  const newest = /^newest (\S+)$/m.exec(stdout)?.[1] ?? null;
  return { expected: newest, by: 'the newest installed', newest };
}
