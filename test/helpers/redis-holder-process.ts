import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** A program of its own that holds an embedded Redis. */
export interface Holder {
  readonly pid: number;
  /** Its server's address and process, once it runs. */
  readonly ready: Promise<{ url: string; serverPid: number }>;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
  output(): string;
}

/** Starts such a program on the folder; it is killed when the test ends. Call it inside a test. */
export function spawnHolder(dir: string): Holder {
  const script = fileURLToPath(new URL('./redis-holder.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, dir], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const ended = new Promise<number | null>(resolve => {
    child.once('close', resolve);
  });
  const ready = new Promise<{ url: string; serverPid: number }>((resolve, reject) => {
    const read = (line: string) => {
      output += `${line}\n`;
      if (line.startsWith('{')) resolve(JSON.parse(line) as { url: string; serverPid: number });
    };
    for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', read);
    void ended.then(() => reject(new Error(`the holder ended: ${output}`)));
  });
  ready.catch(() => {});
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { pid: child.pid ?? 0, ready, ended, output: () => output };
}
