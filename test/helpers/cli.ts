import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const BUILT = join(ROOT, 'dist/services/cli/main.js');

/** A run of the program in a process of its own. */
export interface CliRun {
  readonly pid: number;
  /** Everything printed so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves with the first line, of stdout or stderr, that matches; also one printed before. Rejects when it ends without. */
  line(pattern: RegExp): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** How it ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** How the program is started here: as built if that is newer than every source, else from source. */
export function cliCommand(): readonly [string, ...string[]] {
  const from = isBuilt() ? [BUILT] : ['--import', 'tsx', join(ROOT, 'services/cli/main.ts')];
  return [process.execPath, ...from];
}

/**
 * Starts `nodetide` with these arguments, without a terminal. The environment holds nothing of ours but what `env` adds. Killed
 * when the test ends.
 */
export function startCli(
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): CliRun {
  const [program, ...before] = cliCommand();
  const { REDIS_URL: _, FORCE_COLOR: __, ...env } = process.env;
  const child = spawn(program, [...before, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { ...env, NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const run = new Run(child);
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await run.ended;
  });
  return run;
}

/** Runs it to its end. */
export async function runCli(
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const run = startCli(args, options);
  const { code } = await run.ended;
  return { code, stdout: run.stdout, stderr: run.stderr };
}

class Run implements CliRun {
  readonly #child: ChildProcess;
  readonly ended: CliRun['ended'];
  stdout = '';
  stderr = '';
  #heard: () => void = () => {};

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#heard();
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#heard();
    });
    this.ended = once(child, 'close').then(([code, signal]) => {
      return { code: code as number | null, signal: signal as NodeJS.Signals | null };
    });
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  async line(pattern: RegExp): Promise<string> {
    let over = false;
    void this.ended.then(() => {
      over = true;
      this.#heard();
    });
    for (;;) {
      const found = `${this.stdout}\n${this.stderr}`.split('\n').find(each => pattern.test(each));
      if (found !== undefined) return found;
      if (over) throw new Error(`ended without ${pattern}\n--- stdout\n${this.stdout}\n--- stderr\n${this.stderr}`);
      await new Promise<void>(resolve => {
        const before = this.#heard;
        this.#heard = () => {
          before();
          resolve();
        };
      });
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

function isBuilt(): boolean {
  const built = statSync(BUILT, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return built > 0 && ['services', 'shared'].every(folder => newest(join(ROOT, folder)) < built);
}

function newest(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Math.max(0, ...files.filter(file => file.endsWith('.ts')).map(file => statSync(join(folder, file)).mtimeMs));
}
