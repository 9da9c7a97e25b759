import type { CommandResult, Script } from '../../../../shared/ports/host.ts';
import { type Answer, failed, said } from './answer.ts';

/**
 * Kernel and microcode, in batch mode: it asks nobody and restarts nothing. Versions before 3.0 know no `-w`. The last
 * line says whether microcode was installed since the boot (the age of /proc/1 does not tell: the kernel may forget it): what was there before it was not loaded by it, and is
 * not by the next one.
 */
export const NEEDRESTART: Script = {
  args: [],
  text: `
R=$NODETIDE_ROOT
export LC_ALL=C
said=$(needrestart -b -k -w </dev/null 2>&1)
code=$?
case $said in
  *NEEDRESTART-VER:*) ;;
  *) said=$(needrestart -b -k </dev/null 2>&1); code=$? ;;
esac
printf '%s\\n' "$said"
case $said in
  *'UCSTA: 2'*)
    booted=$(sed -n 's/^btime //p' "$R/proc/stat")
    fresh=$(find "$R"/usr/share/misc/*microcode* "$R"/lib/firmware/*-ucode "$R"/usr/lib/firmware/*-ucode -type f -newerct "@$booted" 2>/dev/null | head -n 1)
    [ -z "$fresh" ] || printf 'microcode since the boot\\n'
    ;;
esac
exit $code
`,
};

/** What needrestart found. */
export interface NeedrestartAnswer {
  readonly answer: Answer;
  /** The kernel it takes for the next one, when that alone makes it ask for a reboot; null: it does not, or for more. */
  readonly onlyFor: string | null;
  /** Newer microcode that was there before the boot; empty: none. */
  readonly warning: string;
}

/**
 * KSTA: 0 not known, 1 current, 2 another build of the running release, 3 a newer release. UCSTA: 0 not known, 1
 * current, 2 newer microcode is there. Services, sessions and containers are no reason to reboot. In a container neither line is printed.
 */
export function readNeedrestart(result: CommandResult): NeedrestartAnswer {
  const value = (key: string) => new RegExp(`^NEEDRESTART-${key}: *(.*?)\\s*$`, 'm').exec(result.stdout)?.[1];
  if (result.exitCode !== 0 || value('VER') === undefined)
    return { answer: failed('needrestart -b -k', result), onlyFor: null, warning: '' };
  const [kernel, microcode] = [value('KSTA'), value('UCSTA')];
  const reasons: string[] = [];
  const running = value('KCUR') ?? 'another kernel';
  const expected = value('KEXP') ?? 'a newer one';
  if (kernel === '2') reasons.push(`another build of ${running} is installed`);
  if (kernel === '3') reasons.push(`${running} runs, ${expected} is the newest`);
  const codes = `microcode ${value('UCCUR') ?? '?'} runs, ${value('UCEXP') ?? '?'} is there`;
  const isFresh = result.stdout.includes('microcode since the boot');
  if (microcode === '2' && isFresh) reasons.push(codes);
  const warning = microcode === '2' && !isFresh ? `${codes} since before the boot, which did not load it` : '';
  const onlyFor = kernel === '3' && reasons.length === 1 ? (value('KEXP') ?? null) : null;
  // Current microcode says nothing of the kernel.
  if (reasons.length === 0 && (kernel ?? '0') === '0')
    return { answer: said(null, 'needrestart cannot tell of the kernel on this host'), onlyFor, warning };
  if (reasons.length === 0) return { answer: said(false, 'needrestart: the kernel is current'), onlyFor, warning };
  return { answer: said(true, `needrestart: ${reasons.join('; ')}`), onlyFor, warning };
}
