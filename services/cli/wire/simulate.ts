import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { CliError, EXIT } from '../exit.ts';
import type { Running } from '../wiring.ts';

/**
 * Runs `nodetide simulate` with these arguments in a process of its own, so that it does not slow the engine. It ends with
 * this process, however that ends: see {@link endWithParent}. `program` is the file of the program. Resolves when the
 * simulation answers; CliError when it does not start.
 */
export async function simulateBeside(program: string, args: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, [...process.execArgv, program, 'simulate', ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Its own group: Ctrl-C at the terminal is for us, and we may still need the simulation to stop at a safe point.
    detached: true,
  });
  const ended = once(child, 'close');
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-10_000);
      if (said.includes('simulated:')) resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    ended.then(() => reject(new CliError(EXIT.badInput, `the simulation did not start: ${said.trim()}`)), reject);
  });
  return {
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** When this process was started by {@link simulateBeside}: ends it as soon as the other one is gone. */
export function endWithParent(process: NodeJS.Process): void {
  if (process.send) process.once('disconnect', () => process.exit());
}
