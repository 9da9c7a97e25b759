import { run } from './run.ts';

/** A server program that can be started. */
export interface ServerBinary {
  /** Absolute path, or a name on PATH. */
  readonly path: string;
  readonly flavour: 'redis' | 'valkey';
  readonly version: string;
  /** Folders its libraries need, for LD_LIBRARY_PATH; empty: the system's own. */
  readonly libraryPath: string;
  readonly source: 'path' | 'packages';
}

const VERSION_LINE = /^(Redis|Valkey) server v=(\S+)/m;

/** Asks the program for its version; null: it does not run, or is no Redis or Valkey server. */
export async function probeBinary(
  path: string,
  source: ServerBinary['source'],
  libraryPath = '',
  env: NodeJS.ProcessEnv = process.env,
): Promise<ServerBinary | null> {
  const childEnv = libraryPath === '' ? env : { ...env, LD_LIBRARY_PATH: libraryPath };
  const { code, stdout } = await run(path, ['--version'], { env: childEnv, timeoutMs: 10_000 });
  const match = VERSION_LINE.exec(stdout);
  if (code !== 0 || match === null) return null;
  return { path, flavour: match[1] === 'Valkey' ? 'valkey' : 'redis', version: match[2] ?? '', libraryPath, source };
}
