import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { CliError, EXIT, type ExitCode } from '../exit.ts';
import type { Running } from '../wiring.ts';

/** A simulation that says nothing for so long does not start: 38 hosts take about 2 s on an idle machine. */
const START_TIMEOUT_MS = 120_000;

/** Of what the simulation says at most this is kept, in characters. */
const KEPT_CHARS = 10_000;

/**
 * Runs `nodetide simulate` with these arguments in a process of its own, so that it does not slow the engine. It ends with
 * this process, however that ends: see {@link endWithParent}. `program` is the file of the program. Resolves when the
 * simulation answers; CliError with what it said when it does not start, or not within `timeoutMs` (default 2 minutes).
 */
export async function simulateBeside(
  program: string,
  args: readonly string[],
  timeoutMs = START_TIMEOUT_MS,
): Promise<Running> {
  const child = spawn(process.execPath, [...process.execArgv, program, 'simulate', ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Its own group: Ctrl-C at the terminal is for us, and we may still need the simulation to stop at a safe point.
    detached: true,
  });
  const ended = once(child, 'exit').catch(() => undefined);
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  try {
    await started(child, timeoutMs);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

function started(child: ChildProcess, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const refuse = (exitCode: ExitCode, why: string): void => {
      reject(new CliError(exitCode, [why, said.replaceAll('nodetide: ', '').trim()].filter(Boolean).join(': ')));
    };
    const timer = setTimeout(() => {
      refuse(EXIT.failed, `the simulation did not start within ${timeoutMs / 1000} s`);
    }, timeoutMs);
    const hear = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-KEPT_CHARS);
      if (!said.includes('simulated:')) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', error => refuse(EXIT.failed, `the simulation did not start: ${error.message}`));
    // Not `exit`: what was said last may still be on its way.
    child.once('close', code => {
      clearTimeout(timer);
      refuse(code === EXIT.badInput ? EXIT.badInput : EXIT.failed, 'the simulation did not start');
    });
  });
}

/** When this process was started by {@link simulateBeside}: ends it as soon as the other one is gone. */
export function endWithParent(process: NodeJS.Process): void {
  if (!process.send) return;
  process.once('disconnect', () => process.exit());
  // Listening alone would keep this process alive, so that one that fails would never end.
  process.channel?.unref();
}
