import { fail } from '../../../shared/domain/failures/catalogue.ts';
import type { Hook } from '../../../shared/domain/hooks/hook.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { Host, Script } from '../../../shared/ports/host.ts';
import { type HookRun, hookRun } from '../../common/run-hook.ts';

/** What timeout(1) of coreutils and busybox ends with; 137 when the command had to be killed. */
const TIMED_OUT = [124, 137];
/** The host's own clock ends the hook; only a host that cannot is left after this much more. */
const MARGIN_MS = 10_000;
const MOST_OUTPUT = 16 * 1024;

/** Its arguments: the hook's text, and variables as NAME=value. A shell of its own, whatever started it passes on. */
const INNER = `nodetide_hook=$1
shift
for nodetide_pair in "$@"; do export "$nodetide_pair"; done
set --
unset nodetide_pair
eval "$nodetide_hook"`;

/**
 * Its arguments: INNER, the limit in seconds, and the arguments of INNER. The limit is kept on the host, where there is
 * timeout(1): a connection that ends takes nothing along.
 */
const WRAPPER = `
inner=$1 seconds=$2
shift 2
exec 2>&1
if command -v timeout >/dev/null 2>&1; then
  timeout -k 5 "$seconds" sh -c "$inner" sh "$@" </dev/null
else
  sh -c "$inner" sh "$@" </dev/null
fi
`;

/** A hook as a script for its host. */
export function hookScript(hook: Hook, env: Readonly<Record<string, string>>): Script {
  const pairs = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return { text: WRAPPER, args: [INNER, String(Math.ceil(hook.timeoutMs / 1000)), hook.run, ...pairs] };
}

/** Runs a hook once on the host, as root. Rejects with the signal's reason only. */
export async function runOnHost(
  host: Host,
  clock: Clock,
  hook: Hook,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<HookRun> {
  const startedAtMs = clock.now();
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(tooLate(hook)), hook.timeoutMs + MARGIN_MS);
  try {
    return await hookRun(clock, signal, async () => {
      const result = await host.run(hookScript(hook, env), AbortSignal.any([signal, late.signal]));
      // The hook may end with the same codes by itself.
      const isLate = clock.now() - startedAtMs > hook.timeoutMs - 1_000;
      if (isLate && TIMED_OUT.includes(result.exitCode)) throw tooLate(hook, result.stdout);
      return { exitCode: result.exitCode, output: `${result.stdout}${result.stderr}`.slice(-MOST_OUTPUT) };
    });
  } finally {
    clearTimeout(timer);
  }
}

function tooLate({ timeoutMs }: Hook, seen = '') {
  return fail('hook-timeout', { message: `it did not end within ${timeoutMs / 1000} s`, seen });
}
