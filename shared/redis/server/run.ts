import { execFile } from 'node:child_process';

/** What a program that ended has left. */
export interface RunResult {
  /** null: it could not be started, or was killed by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; never rejects. Default time-out 120 s, output up to 16 MiB. */
export function run(
  file: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string; readonly timeoutMs?: number } = {},
): Promise<RunResult> {
  return new Promise<RunResult>(resolve => {
    execFile(
      file,
      [...args],
      {
        env: { ...(options.env ?? process.env), LC_ALL: 'C' },
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        timeout: options.timeoutMs ?? 120_000,
        maxBuffer: 16 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
        resolve({ code, stdout, stderr: stderr || (code === null && error !== null ? error.message : '') });
      },
    );
    // Some failures to start, such as ENOTDIR, are thrown at once.
  }).catch(error => ({ code: null, stdout: '', stderr: String(error) }));
}
