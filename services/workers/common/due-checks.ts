import type { CheckRebootProof } from '../../../shared/domain/proof.ts';
import type { Script } from '../../../shared/ports/host.ts';

/** One piece of evidence for or against a reboot. */
export type Evidence = CheckRebootProof['evidence'][number];

/**
 * Asks for the sentinel files ("$@") and the tools of the distribution, if there are any. Lines: `file yes|no PATH`,
 * `packages NAME`, `needs-restarting EXIT TEXT`, `needrestart EXIT TEXT`. Ends with `end`, so that half an answer shows.
 */
export function builtInChecks(sentinelFiles: readonly string[]): Script {
  return {
    args: sentinelFiles,
    text: `
for file in "$@"; do
  if [ -e "$NODETIDE_ROOT$file" ]; then
    printf 'file yes %s\\n' "$file"
    [ ! -r "$NODETIDE_ROOT$file.pkgs" ] || sort -u "$NODETIDE_ROOT$file.pkgs" | while read -r name; do printf 'packages %s\\n' "$name"; done
  else
    printf 'file no %s\\n' "$file"
  fi
done
if command -v needs-restarting >/dev/null 2>&1; then
  said=$(needs-restarting -r 2>&1)
  printf 'needs-restarting %s %s\\n' "$?" "$(printf '%s' "$said" | tr '\\n' ' ')"
fi
if command -v needrestart >/dev/null 2>&1; then
  said=$(needrestart -b -k 2>&1)
  printf 'needrestart %s %s\\n' "$?" "$(printf '%s' "$said" | tr '\\n' ' ')"
fi
printf 'end\\n'
`,
  };
}

/** Reads the answer of {@link builtInChecks}. `failed`: checks that could not run, with what they said. */
export function readBuiltInChecks(stdout: string): { evidence: Evidence[]; failed: string[] } {
  const lines = stdout.split('\n').filter(line => line !== '');
  const packages = lines.filter(line => line.startsWith('packages ')).map(line => line.slice('packages '.length));
  const evidence: Evidence[] = [];
  const failed: string[] = lines.at(-1) === 'end' ? [] : ['the answer was cut short'];
  for (const line of lines) {
    const [check = '', word = '', ...rest] = line.split(' ');
    const text = rest.join(' ').trim();
    if (check === 'file') {
      const asking = word === 'yes' && packages.length > 0 ? `, asked for by ${packages.join(', ')}` : '';
      const detail = word === 'yes' ? `${text} exists${asking}` : `${text} does not exist`;
      evidence.push({ check: 'sentinel-file', needed: word === 'yes', detail });
    } else if (check === 'needs-restarting' || check === 'needrestart') {
      const verdict = check === 'needrestart' ? needrestart(word, text) : needsRestarting(word, text);
      if (verdict === null) failed.push(`${check} (exit code ${word}): ${text}`);
      else evidence.push({ check, ...verdict });
    }
  }
  return { evidence, failed };
}

type Verdict = { needed: boolean; detail: string } | null;

/** dnf-utils: exit 1 with these words: a reboot is due. Python ends with 1 for its own errors too, without the words. */
function needsRestarting(exitCode: string, text: string): Verdict {
  if (exitCode === '0') return { needed: false, detail: 'needs-restarting -r: no reboot' };
  if (exitCode === '1' && /reboot is (required|necessary)|should be rebooted|have been updated/i.test(text))
    return { needed: true, detail: `needs-restarting -r: ${text}` };
  return null;
}

/** needrestart, batch mode: NEEDRESTART-KSTA 0 not known, 1 current, 2 and 3 a newer kernel is there. */
function needrestart(exitCode: string, text: string): Verdict {
  const state = /NEEDRESTART-KSTA: ?(\d)/.exec(text)?.[1];
  if (exitCode !== '0' || state === undefined) return null;
  if (state === '0') return { needed: false, detail: 'needrestart cannot tell on this host' };
  return { needed: state !== '1', detail: `needrestart: kernel state ${state}` };
}
