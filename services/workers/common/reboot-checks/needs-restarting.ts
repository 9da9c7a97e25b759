import type { CommandResult } from '../../../../shared/ports/host.ts';
import { type Answer, failed, said, type Tool } from './answer.ts';

/** `needs-restarting` of dnf-utils, yum-utils or SUSE, or the plugin of dnf 4 or dnf 5 without it. */
export function needsRestarting(tool: string): Tool {
  const words = tool === 'needs-restarting' ? [tool] : [tool, 'needs-restarting'];
  return { script: { text: 'LC_ALL=C "$@" </dev/null', args: [...words, '-r'] }, read: readNeedsRestarting };
}

/**
 * All of them end with 1 when a reboot is due, but Python, dnf and SUSE's wrapper end with 1 for errors of their own
 * too: only the words tell. The first ones of yum-utils ended with 0 and only said it.
 */
export function readNeedsRestarting(result: CommandResult): Answer {
  const { exitCode, stdout } = result;
  const asks = /reboot (is )?(required|necessary|suggested)|should be rebooted/i.test(stdout);
  if (exitCode > 1 || (exitCode === 1 && !asks)) return failed('needs-restarting -r', result);
  if (!asks) return said(false, 'needs-restarting -r: no reboot is needed');
  // dnf lists `  * kernel-core`, yum `  kernel -> 3.10.0-1160.el7`.
  const packages = [...stdout.matchAll(/^\s+(?:\* (\S+)|(\S+) -> \S+)/gm)].map(match => match[1] ?? match[2] ?? '');
  const which = packages.length > 0 ? `updated since the boot: ${packages.join(', ')}` : 'a reboot is needed';
  return said(true, `needs-restarting -r: ${which}`, packages);
}
