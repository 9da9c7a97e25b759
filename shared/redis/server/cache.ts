import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * The folder for things that can be fetched again: `$XDG_CACHE_HOME/nodetide`, else `~/.cache/nodetide`.
 * A relative XDG_CACHE_HOME is ignored, as the XDG base directory specification asks.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env['XDG_CACHE_HOME'];
  if (base && isAbsolute(base)) return join(base, 'nodetide');
  return join(env['HOME'] || homedir(), '.cache', 'nodetide');
}
