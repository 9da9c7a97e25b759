import type { Script } from '../../../../shared/ports/host.ts';

/** What a host has that can be asked. */
export interface Sight {
  readonly files: readonly { readonly path: string; readonly exists: boolean; readonly packages: readonly string[] }[];
  /** Check → the kind of tool the host has for it. */
  readonly tools: ReadonlyMap<string, string>;
}

/**
 * Looks for the sentinel files ("$@") and for the tools. Lines: `file yes|no PATH`, `packages NAME` (of the file
 * before: Debian's maintainer scripts write them beside it), `has CHECK TOOL`, and `end`, so that half an answer shows.
 * The plugins of dnf are looked for as files: asking dnf itself takes a second.
 */
export function lookFor(sentinelFiles: readonly string[]): Script {
  return {
    args: sentinelFiles,
    text: `
R=$NODETIDE_ROOT
has() { command -v "$1" >/dev/null 2>&1; }
any() { for path in "$@"; do [ ! -e "$path" ] || return 0; done; return 1; }
for file in "$@"; do
  if [ -e "$R$file" ]; then
    printf 'file yes %s\\n' "$file"
    [ ! -r "$R$file.pkgs" ] || sort -u "$R$file.pkgs" | while read -r name; do printf 'packages %s\\n' "$name"; done
  else
    printf 'file no %s\\n' "$file"
  fi
done
if has needs-restarting; then
  printf 'has needs-restarting needs-restarting\\n'
elif has dnf5 && any "$R"/usr/lib*/dnf5/plugins/needs_restarting*; then
  printf 'has needs-restarting dnf5\\n'
elif has dnf && any "$R"/usr/lib*/python3*/*-packages/dnf-plugins/needs_restarting.py; then
  printf 'has needs-restarting dnf\\n'
fi
if has needrestart; then printf 'has needrestart needrestart\\n'; fi
if has zypper; then printf 'has zypper zypper\\n'; fi
if [ -e "$R/run/ostree-booted" ] && has rpm-ostree; then
  printf 'has staged-image rpm-ostree\\n'
elif has bootc; then
  printf 'has staged-image bootc\\n'
elif has transactional-update && has btrfs; then
  printf 'has staged-image transactional-update\\n'
fi
printf 'end\\n'
`,
  };
}

/** Reads the answer of {@link lookFor}; null: it was cut short. */
export function readSight(stdout: string): Sight | null {
  const lines = stdout.split('\n').filter(line => line !== '');
  if (lines.at(-1) !== 'end') return null;
  const files: { path: string; exists: boolean; packages: string[] }[] = [];
  const tools = new Map<string, string>();
  for (const line of lines) {
    const [what, word = '', ...rest] = line.split(' ');
    if (what === 'file') files.push({ path: rest.join(' '), exists: word === 'yes', packages: [] });
    else if (what === 'packages') files.at(-1)?.packages.push(line.slice('packages '.length));
    else if (what === 'has') tools.set(word, rest.join(' '));
  }
  return { files, tools };
}
